/// The driver of a Python interpreter: a program of Python's own, in the manner of its interactive mode.
///
/// Code runs in the main thread, where SIGINT raises KeyboardInterrupt; requests are heard on another, which sends that signal. What is
/// awaited at top level runs in an event loop that is kept, and goes on between evaluations.
enum PythonDriver {
    /// Gives the driver a file name of its own, by which its lines are left out of tracebacks.
    static let start = #"""
        import os
        size = b""
        while size[-1:] != b"\n": size += os.read(0, 1)
        size, source = int(size), b""
        while len(source) < size: source += os.read(0, size - len(source))
        exec(compile(source, "<ambit>", "exec"))
        """#

    static let source = #"""
        import __future__, ast, builtins, fcntl, importlib.machinery, io, json, linecache
        import os, queue, signal, sys, threading, traceback, types

        # Requests come on descriptor 0, answers go to 3; what the code has as input and output is something else from here on. Programs
        # that it starts get none of them.
        def keep(descriptor):
            return fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 100)

        requests, answers = keep(0), keep(3)
        streams = {"stdout": keep(1), "stderr": keep(2)}
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        os.close(3)
        driver = sys.modules["__main__"]  # kept: its names are this program's
        process = os.getpid()
        FUTURE = 0
        for feature in __future__.all_feature_names:
            FUTURE |= getattr(__future__, feature).compiler_flag


        class State:
            lock = threading.Lock()
            inbox = queue.SimpleQueue()
            current = None      # id of the evaluation under way
            interruptible = False  # user code runs
            loop = None         # of top-level await, made when it is first needed
            waiter = None       # what the loop waits for while nothing is evaluated
            count = 0
            flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
            images = []
            omitted_images = 0


        def write(descriptor, data):
            view = memoryview(data)
            while view:
                view = view[os.write(descriptor, view):]


        def send(message):
            data = json.dumps(message, ensure_ascii=False).encode("utf-8", "replace")
            write(answers, b"%d\n%s" % (len(data), data))


        def receive():
            """Runs on a thread of its own, so that an interrupt is heard while code runs."""
            data = b""
            while True:
                head, line, rest = data.partition(b"\n")
                if line and len(rest) >= int(head):
                    deliver(json.loads(rest[:int(head)]))
                    data = rest[int(head):]
                    continue
                more = os.read(requests, 1 << 16)
                if not more:
                    return deliver(None)
                data += more


        def deliver(message):
            if message is not None and "interrupt" in message:
                with State.lock:
                    # Under the lock: the evaluation can't end, nor another begin, between the look and the signal.
                    if State.current == message["interrupt"]:
                        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
                return
            State.inbox.put(message)
            loop, waiter = State.loop, State.waiter
            if waiter is not None:
                try:
                    loop.call_soon_threadsafe(lambda: waiter.done() or waiter.set_result(None))
                except RuntimeError:
                    pass


        def on_interrupt(number, frame):
            if State.interruptible:
                raise KeyboardInterrupt


        def event_loop():
            import asyncio
            if State.loop is None or State.loop.is_closed():
                State.loop = asyncio.new_event_loop()
                asyncio.set_event_loop(State.loop)
            return State.loop


        def next_request():
            """While there is nothing to evaluate, what was left running in the event loop goes on."""
            while State.loop is not None and not State.loop.is_closed() and State.inbox.empty():
                State.waiter = State.loop.create_future()
                try:
                    if State.inbox.empty():
                        State.loop.run_until_complete(State.waiter)
                except BaseException:
                    traceback.print_exc()
                finally:
                    State.waiter = None
            return State.inbox.get()


        def finish_task(coroutine):
            import asyncio
            loop = event_loop()
            task = loop.create_task(coroutine)
            try:
                return loop.run_until_complete(task)
            except KeyboardInterrupt:
                if not task.done():
                    task.cancel()
                    try:
                        loop.run_until_complete(task)
                    except (asyncio.CancelledError, Exception):
                        pass
                raise


        def run(code, namespace):
            result = eval(code, namespace)
            return finish_task(result) if code.co_flags & 0x80 else result  # CO_COROUTINE: it awaits at top level


        def evaluate(source, name, namespace):
            linecache.cache[name] = (len(source), None, f"{source}\n".splitlines(True), name)
            linecache.cache.pop(f"<python:{State.count - 1000}>", None)
            tree = compile(source, name, "exec", State.flags | ast.PyCF_ONLY_AST, dont_inherit=True)
            last = None
            if tree.body and isinstance(tree.body[-1], ast.Expr):
                last = ast.Expression(tree.body.pop().value)
            value = None
            if tree.body:
                code = compile(tree, name, "exec", State.flags, dont_inherit=True)
                State.flags |= code.co_flags & FUTURE
                run(code, namespace)
            if last is not None:
                value = run(compile(last, name, "eval", State.flags, dont_inherit=True), namespace)
                if value is not None:
                    namespace["_"] = value
            return last is not None and value is not None, value


        def cut(text, limit):
            """What fits, and how many characters are left out."""
            return (text, 0) if len(text) <= limit else (text[:limit], len(text) - limit)


        def type_name(kind):
            return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


        def safe(function, value):
            try:
                return str(function(value))
            except Exception as error:
                return f"<{type(value).__name__}: {function.__name__} failed with {type(error).__name__}>"


        class Structure:
            """A value as JSON, within bounds; what is left out is counted."""

            nodes, depth, characters = 1000, 8, 4096

            def __init__(self):
                self.left, self.omitted, self.above = self.nodes, {}, []

            def omit(self, what, count):
                self.omitted[what] = self.omitted.get(what, 0) + count

            def of(self, value):
                self.left -= 1
                kind = type(value)
                if value is None or kind is bool:
                    return value
                if kind is int and -1 << 63 <= value < 1 << 63:
                    return value
                if kind is float and value - value == 0:
                    return value
                if isinstance(value, str):
                    text, omitted = cut(str(value), self.characters)
                    if omitted:
                        self.omit("characters", omitted)
                    return text
                if any(value is each for each in self.above):
                    return self.other(value, "cycle")
                if hasattr(value, "dtype") and callable(getattr(value, "tolist", None)) and getattr(value, "size", 1 << 30) <= self.nodes:
                    return self.of(value.tolist())
                if not isinstance(value, (dict, list, tuple, set, frozenset)):
                    return self.other(value)
                if len(self.above) >= self.depth:
                    self.omit("items", len(value))
                    return self.other(value)
                self.above.append(value)
                try:
                    return self.members(value) if isinstance(value, dict) else self.elements(value)
                finally:
                    self.above.pop()

            def elements(self, value):
                result = []
                for element in value:
                    if self.left <= 0:
                        self.omit("items", len(value) - len(result))
                        break
                    result.append(self.of(element))
                return result

            def members(self, value):
                result, seen = {}, 0
                for key, element in value.items():
                    if self.left <= 0:
                        self.omit("items", len(value) - seen)
                        break
                    seen += 1
                    name = key if isinstance(key, str) else safe(repr, key)
                    result[cut(name, self.characters)[0]] = self.of(element)
                return result

            def other(self, value, note=None):
                text, omitted = cut(safe(repr, value), 200)
                if omitted:
                    self.omit("characters", omitted)
                return {"$type": note or type_name(type(value)), "repr": text}


        def picture(value):
            """What an object says of itself as a PNG, as notebooks ask it."""
            method = getattr(type(value), "_repr_png_", None)
            if callable(method):
                try:
                    add_image(method(value))
                except Exception:
                    pass


        def add_image(data):
            if isinstance(data, (bytes, bytearray)) and len(State.images) < 8 and len(data) <= 4 << 20:
                State.images.append(bytes(data))
            elif data is not None:
                State.omitted_images += 1


        def describe_value(value, limit):
            text, omitted = cut(safe(repr, value), limit)
            structure = Structure()
            described = {"repr": text, "type": type_name(type(value)), "json": structure.of(value)}
            if omitted:
                described["omittedCharacters"] = omitted
            if structure.omitted:
                described["omitted"] = structure.omitted
            picture(value)
            return described


        def without_driver(told):
            """Leaves out what is not the code's: this driver, and the event loop above the first line of the code."""
            if told is None:
                return
            stack = told.stack
            first = next((index for index, frame in enumerate(stack) if frame.filename.startswith("<python:")), len(stack))
            stack[:] = [frame for frame in stack[first:] if frame.filename != "<ambit>"]
            without_driver(told.__cause__)
            without_driver(told.__context__)


        def describe_exception(error, limit):
            try:
                told = traceback.TracebackException.from_exception(error)
                without_driver(told)
                lines = "".join(told.format())
            except Exception:
                lines = type_name(type(error))
            return {"type": type_name(type(error)), "message": cut(safe(str, error), limit)[0], "traceback": lines[-limit:],
                    **({"omittedCharacters": len(lines) - limit} if len(lines) > limit else {})}


        class Figures:
            """Shown figures of matplotlib become images: a backend of ours, chosen where the program has not chosen one."""

            name, chosen = "ambit_figures", False

            def find_spec(self, name, path=None, target=None):
                if name == "matplotlib" and "MPLBACKEND" not in os.environ:
                    os.environ["MPLBACKEND"], Figures.chosen = f"module://{self.name}", True
                elif name == "matplotlib.pyplot":
                    self.forget()
                elif name == self.name:
                    return importlib.machinery.ModuleSpec(name, self)
                return None

            @staticmethod
            def forget():
                # Programs that this one starts have no such backend.
                if Figures.chosen:
                    os.environ.pop("MPLBACKEND", None)
                    Figures.chosen = False

            def create_module(self, spec):
                return None

            def exec_module(self, module):
                from matplotlib.backend_bases import FigureManagerBase
                from matplotlib.backends.backend_agg import FigureCanvasAgg
                from matplotlib.figure import Figure

                def new_figure_manager_given_figure(number, figure):
                    return FigureManagerBase(FigureCanvasAgg(figure), number)

                def new_figure_manager(number, *arguments, FigureClass=Figure, **named):
                    return new_figure_manager_given_figure(number, FigureClass(*arguments, **named))

                def show(*arguments, **named):
                    from matplotlib._pylab_helpers import Gcf
                    for manager in Gcf.get_all_fig_managers():
                        data = io.BytesIO()
                        manager.canvas.figure.savefig(data, format="png")
                        add_image(data.getvalue())
                    Gcf.destroy_all()

                module.FigureCanvas, module.FigureManager = FigureCanvasAgg, FigureManagerBase
                module.new_figure_manager, module.new_figure_manager_given_figure = new_figure_manager, new_figure_manager_given_figure
                module.draw_if_interactive, module.show = (lambda: None), show


        def perform(request, namespace):
            State.count += 1
            answer = {"id": request["id"]}
            State.images, State.omitted_images = [], 0
            try:
                try:
                    State.interruptible = True
                    has_value, value = evaluate(request["code"], f"<python:{State.count}>", namespace)
                    if has_value:
                        answer["value"] = describe_value(value, request["limit"])
                finally:
                    State.interruptible = False
            except BaseException as error:
                State.interruptible = False
                answer.pop("value", None)
                answer["exception"] = describe_exception(error, request["limit"])
            if os.getpid() != process:
                os._exit(0)  # a copy that the code has made by forking: only the original answers
            with State.lock:
                State.current = None
            for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
                try:
                    stream.flush()
                except Exception:
                    pass
            Figures.forget()
            if State.images:
                import base64
                answer["images"] = [{"mimeType": "image/png", "data": base64.b64encode(each).decode()} for each in State.images]
            if State.omitted_images:
                answer["omittedImages"] = State.omitted_images
            mark = b"\0ambit-end %s\0" % request["id"].encode()
            for descriptor in streams.values():
                write(descriptor, mark)
            send(answer)


        def serve():
            namespace = types.ModuleType("__main__")
            namespace.__builtins__ = builtins
            sys.modules["__main__"] = namespace
            sys.argv = [""]
            for stream in (sys.stdout, sys.stderr):
                stream.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)
            sys.meta_path.insert(0, Figures())
            signal.signal(signal.SIGINT, on_interrupt)
            threading.Thread(target=receive, name="ambit", daemon=True).start()
            send({"ready": "Python " + sys.version.split()[0]})
            while True:
                request = next_request()
                if request is None:
                    return
                with State.lock:
                    State.current = request["id"]
                perform(request, namespace.__dict__)


        serve()
        """#
}
