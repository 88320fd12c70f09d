"""The REPL plugin: real interpreters, in both eras."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kit import probes
from kit.http_client import HttpClient
from kit.programs import Gate
from kit.server import HttpServer
from kit.settings import within
from kit.stdio_client import StdioClient

PYTHON_LOOP = "while True: pass"
NODE_LOOP = "for (;;);"
SHELL_LOOP = "while :; do :; done"


def needs(language: str) -> None:
    program = {"python": "python3", "node": "node", "shell": "bash"}[language]
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")


class Repl:
    """One session with the plugin. Answers are the whole results of the tool, errors too."""

    opened: list[Repl] = []

    def __init__(self, server: HttpServer, era: str = "modern") -> None:
        self.client = HttpClient(server.port, era)
        Repl.opened.append(self)

    @classmethod
    def sharing(cls, other: Repl) -> Repl:
        copy = cls.__new__(cls)
        copy.client = HttpClient.sharing(other.client)
        return copy

    def arguments(self, **arguments: Any) -> dict[str, Any]:
        if self.client.handle is not None:
            arguments.setdefault("session", self.client.handle)
        return arguments

    def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        result = self.client.request("tools/call", {"name": tool, "arguments": self.arguments(**arguments)})
        handle = result.get("structuredContent", {}).get("session")
        self.client.handle = handle or self.client.handle
        return result

    def eval(self, language: str, code: str, **arguments: Any) -> dict[str, Any]:
        """The structured answer, whatever the outcome."""
        result = self.call("repl_eval", language=language, code=code, **arguments)
        assert "structuredContent" in result, result
        answer = result["structuredContent"]
        assert result.get("isError", False) == (answer["status"] != "ok")
        return answer

    def value(self, language: str, code: str, **arguments: Any) -> Any:
        answer = self.eval(language, code, **arguments)
        assert answer["status"] == "ok", answer
        return answer["value"]["json"]

    def refused(self, tool: str, **arguments: Any) -> str:
        result = self.call(tool, **arguments)
        assert result["isError"] and "structuredContent" not in result, result
        return result["content"][0]["text"]

    def list(self) -> list[dict[str, Any]]:
        return self.call("repl_list")["structuredContent"]["interpreters"]


@pytest.fixture(params=["modern", "legacy"])
def repl(request: pytest.FixtureRequest, server: HttpServer) -> Repl:
    return Repl(server, request.param)


@pytest.fixture(autouse=True)
def _close() -> Iterator[None]:
    """No interpreter of one test burdens the next."""
    yield
    while Repl.opened:
        repl = Repl.opened.pop()
        with contextlib.suppress(OSError):  # its server has ended
            for each in repl.list():
                repl.call("repl_close", repl=each["repl"])


def together(repl: Repl, *actions: Callable[[Repl], Any]) -> list[Any]:
    """Runs all at once, each with a client of its own in the session; their results in order."""
    results: list[Any] = [None] * len(actions)

    def run(index: int) -> None:
        results[index] = actions[index](Repl.sharing(repl))

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(actions))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(within(60))
        assert not thread.is_alive(), "a call did not come back"
    return results


# --- values, output, exceptions


@pytest.mark.parametrize(("language", "first", "second", "value"), [
    ("python", "x = 20\nx + 1", "def f(): return x * 2\nf() + 2", 42),
    ("node", "const x = 20; x + 1", "const f = () => x * 2;\nf() + 2", 42),
    ("shell", "x=20; (exit 21)", 'f() { return $((x * 2)); }; f; (exit $(($? + 2)))', 42),
])
def test_state_is_kept(repl: Repl, language: str, first: str, second: str, value: int) -> None:
    needs(language)
    opened, kept = repl.eval(language, first), repl.eval(language, second)
    assert (opened["opened"], opened["evaluation"], opened["value"]["json"]) == (True, 1, 21)
    assert (kept["opened"], kept["evaluation"], kept["value"]["json"], kept["value"]["repr"]) == (False, 2, value, str(value))
    assert kept["state"] == "kept" and kept["repl"] == language


@pytest.mark.parametrize(("language", "code", "type_", "where"), [
    ("python", "import sys\nprint('out'); print('err', file=sys.stderr)\n1 / 0", "ZeroDivisionError", 'File "<python:1>", line 3'),
    ("node", "console.log('out'); console.error('err');\nnull.x", "TypeError", "<node:1>:2:6"),
])
def test_an_exception_is_told_apart_from_output(repl: Repl, language: str, code: str, type_: str, where: str) -> None:
    needs(language)
    result = repl.call("repl_eval", language=language, code=code)
    answer = result["structuredContent"]
    assert result["isError"] and answer["status"] == "exception" and answer["state"] == "kept"
    assert (answer["stdout"], answer["stderr"], answer.get("value")) == ("out\n", "err\n", None)
    assert answer["exception"]["type"] == type_ and where in answer["exception"]["traceback"]
    for part in ("<ambit>", "[eval]", "node:inspector", 'File "<string>"'):
        assert part not in answer["exception"]["traceback"], "the driver is not the code's"
    text = result["content"][0]["text"]
    assert text.index("[stdout]\nout\n") < text.index("[stderr]\nerr\n") < text.index("[exception]\n")


def test_the_place_of_an_exception_is_marked(repl: Repl) -> None:
    traceback = repl.eval("python", "data = [1]\ndata[9]")["exception"]["traceback"].splitlines()
    assert traceback[2] == "    data[9]"
    if len(traceback) == 5:  # Python 3.11 and later
        assert traceback[3] == "    ~~~~^^^"


def test_what_is_no_code_is_an_exception_too(repl: Repl) -> None:
    assert repl.eval("python", "if")["exception"]["type"] == "SyntaxError"
    answer = repl.eval("shell", "if")
    assert answer["value"]["json"] == 2 and "syntax error" in answer["stderr"]
    needs("node")
    assert repl.eval("node", "if")["exception"]["type"] == "SyntaxError"


def test_values_as_json(repl: Repl) -> None:
    answer = repl.eval("python", "{'a': [1, 2.5, None, True, 'ü'], (1, 2): {3}, 'o': object, 'i': float('inf'), 'n': 1 << 70}")
    assert answer["value"]["json"] == {
        "a": [1, 2.5, None, True, "ü"], "(1, 2)": [3], "o": {"$type": "type", "repr": "<class 'object'>"},
        "i": {"$type": "float", "repr": "inf"}, "n": {"$type": "int", "repr": str(1 << 70)}}
    assert answer["value"]["type"] == "dict" and answer["value"]["repr"].startswith("{'a': [1, 2.5, None, True, 'ü'], (1, 2): {3}")
    assert "value" not in repl.eval("python", "None") and "value" not in repl.eval("python", "y = 3")
    assert repl.value("python", "a = []; a.append(a); a") == [{"$type": "cycle", "repr": "[[...]]"}]
    # A lone surrogate is no text.
    assert repl.value("python", "'\\ud800'") == "?"
    needs("node")
    answer = repl.eval("node", "({a: [1, null, 'ü', undefined], m: new Map([[1, new Set([2])]]), d: new Date(0), n: 10n})")
    assert answer["value"]["json"] == {
        "a": [1, None, "ü", {"$type": "undefined", "repr": "undefined"}], "m": {"1": [2]}, "d": "1970-01-01T00:00:00.000Z",
        "n": {"$type": "bigint", "repr": "10n"}}
    assert repl.value("node", "const c = {}; c.c = c; c")["c"]["$type"] == "cycle"


def test_what_is_left_out_is_counted_exactly(repl: Repl) -> None:
    answer = repl.eval("python", "print('x' * 5000); list(range(5000))", maxOutput=1000)
    assert answer["omitted"] == {"stdout": 4001, "stderr": 0} and "… 4001 bytes left out …" in answer["stdout"]
    value = answer["value"]
    assert len(value["json"]) + value["omitted"]["items"] == 5000
    assert len(value["repr"]) == 1000 and value["omittedCharacters"] == len(str(list(range(5000)))) - 1000
    assert repl.eval("python", "'x' * 5000")["value"]["omitted"] == {"characters": 5000 - 4096}
    needs("node")
    value = repl.eval("node", "Array.from({length: 5000}, (_, index) => index)")["value"]
    assert len(value["json"]) + value["omitted"]["items"] == 5000


@pytest.mark.parametrize(("language", "code"), [
    ("python", "import asyncio\nawait asyncio.sleep(0.01)\nawait asyncio.sleep(0.01, 'done')"),
    ("node", "const os = await import('os');\nawait new Promise((done) => setTimeout(() => done('done'), 10))"),
])
def test_top_level_await(repl: Repl, language: str, code: str) -> None:
    needs(language)
    assert repl.value(language, code) == "done"


def test_what_goes_on_in_the_background_is_told_with_the_next(repl: Repl) -> None:
    """Whether an evaluation is under way when it is written, or none."""

    def later(language: str, begin: str, end: str, look: str) -> None:
        repl.eval(language, begin)
        seen = ""
        deadline = time.monotonic() + within(5)
        while end not in seen and time.monotonic() < deadline:
            answer = repl.eval(language, look)
            seen += answer.get("background", "") + answer["stdout"] + answer["stderr"]
        assert "later\n" in seen and end in seen

    later("python", "import asyncio\nasync def later():\n    await asyncio.sleep(0.02); print('later')\n"
                    "async def begin(): return asyncio.create_task(later())\ntask = await begin()", "later", "0")
    later("shell", "{ sleep 0.02; echo later; echo unheard; } &", "unheard", ":")
    needs("node")
    later("node", "setTimeout(() => { console.log('later'); throw new Error('unheard') }, 20); 0", "Uncaught Error: unheard", "0")


def test_lines_stream_while_it_runs(repl: Repl) -> None:
    code = "import sys, time\nfor i in range(3): print('line', i)\nprint('no end', end='', file=sys.stderr)\n'value'"
    with repl.client.tool_stream("repl_eval", language="python", code=code) as call:
        answer = call.drain()["structuredContent"]
    assert answer["value"]["json"] == "value" and answer["stdout"] == "line 0\nline 1\nline 2\n"
    assert call.lines() == call.progress() == ["line 0", "line 1", "line 2", "no end"]
    data = [n["params"]["data"] for n in call.notifications if n["method"] == "notifications/message"]
    assert [d["stream"] for d in data] == ["stdout"] * 3 + ["stderr"] and {d["repl"] for d in data} == {"python"}


def test_a_line_comes_before_the_evaluation_ends(repl: Repl, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    with repl.client.tool_stream("repl_eval", language="shell", code=f"echo waiting; cat {gate}") as call:
        assert call.next_line() == "waiting"
        gate.write_text("open\n")
        assert call.next_line() == "open"
        assert call.drain()["structuredContent"]["value"]["json"] == 0


def test_all_of_much_output_comes_before_the_answer(repl: Repl) -> None:
    for language, code in [("python", "for i in range(20000): print(i)"), ("shell", "seq 0 19999"),
                           ("node", "for (let i = 0; i < 20000; i += 1) console.log(i)")]:
        if language == "node":
            needs("node")
        answer = repl.eval(language, code, maxOutput=1 << 20)
        assert answer["stdout"].split() == [str(i) for i in range(20000)] and "background" not in answer


def test_images(repl: Repl) -> None:
    code = "class Picture:\n    def _repr_png_(self): return b'\\x89PNG\\r\\n\\x1a\\n-'\nPicture()"
    result = repl.call("repl_eval", language="python", code=code)
    images = [block for block in result["content"] if block["type"] == "image"]
    assert images == [{"type": "image", "mimeType": "image/png", "data": "iVBORw0KGgot"}]
    assert result["structuredContent"]["images"] == 1


# As much of matplotlib as the plugin's backend meets, for a Python without it.
LIKE_MATPLOTLIB = {
    "__init__": "import os\nrcParams = {'backend': os.environ.get('MPLBACKEND', 'none')}\n",
    "_pylab_helpers": "class Gcf:\n    figs = {}\n    @classmethod\n    def get_all_fig_managers(cls): return list(cls.figs.values())\n"
                      "    @classmethod\n    def destroy_all(cls): cls.figs.clear()\n",
    "backend_bases": "class FigureManagerBase:\n    def __init__(self, canvas, num): self.canvas, self.num = canvas, num\n",
    "backends/__init__": "", "backends/backend_agg": "class FigureCanvasAgg:\n    def __init__(self, figure): self.figure = figure\n",
    "figure": "class Figure:\n    def savefig(self, file, format): file.write(b'\\x89PNG\\r\\n\\x1a\\n' + format.encode())\n",
    "pyplot": "import importlib, matplotlib\nfrom matplotlib._pylab_helpers import Gcf\n"
              "name = matplotlib.rcParams['backend']\nbackend = importlib.import_module(name.removeprefix('module://'))\n"
              "def figure():\n    number = len(Gcf.figs) + 1\n    Gcf.figs[number] = backend.new_figure_manager(number)\n"
              "def plot(data): Gcf.figs or figure()\ndef show(): backend.show()\n",
}


@pytest.mark.parametrize("which", ["real", "alike"])
def test_figures_of_matplotlib_that_are_shown(repl: Repl, which: str, tmp_path: Path) -> None:
    if which == "real" and importlib.util.find_spec("matplotlib") is None:
        pytest.skip("the Python of the tests has no matplotlib: pip install matplotlib")
    if which == "alike":
        for name, text in LIKE_MATPLOTLIB.items():
            module = tmp_path / "matplotlib" / f"{name}.py"
            module.parent.mkdir(parents=True, exist_ok=True)
            module.write_text(text)
    repl.call("repl_open", language="python", program=sys.executable, env={"PYTHONPATH": str(tmp_path)})
    code = ("import matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.show()\nplt.plot([2, 1]); plt.figure(); plt.show()\n"
            "import os; os.environ.get('MPLBACKEND')")
    result = repl.call("repl_eval", language="python", code=code)
    images = [block for block in result["content"] if block["type"] == "image"]
    assert len(images) == 3 and all(block["data"].startswith("iVBORw0KGg") for block in images), result
    assert "value" not in result["structuredContent"], "programs that it starts have their own backend"


# --- time limits, interrupts, death


@pytest.mark.parametrize(("language", "keep", "stuck", "look"), [
    ("python", "x = 5", "import time; time.sleep(100)", "x"), ("python", "x = 5", PYTHON_LOOP, "x"),
    ("python", "x = 5", "import asyncio; await asyncio.sleep(100)", "x"),
    ("python", "x = 5", "import subprocess; subprocess.run(['sleep', '100'])", "x"),
    ("node", "let x = 5", NODE_LOOP, "x"), ("node", "let x = 5", "await new Promise(() => {})", "x"),
    ("node", "let x = 5", "await null; for (;;);", "x"),
    ("node", "let x = 5", "await new Promise((done) => setTimeout(done, 10)); for (;;);", "x"),
    ("node", "let x = 5", "child_process.execSync('sleep 100')", "x"),
    ("shell", "x=5", "sleep 100; echo no", "(exit $x)"), ("shell", "x=5", SHELL_LOOP, "(exit $x)"),
    ("shell", "x=5", "f() { sleep 100; echo no; }; f", "(exit $x)"),
])
def test_a_time_limit_keeps_the_state(server: HttpServer, language: str, keep: str, stuck: str, look: str) -> None:
    needs(language)
    repl = Repl(server)
    repl.eval(language, keep)
    answer = repl.eval(language, stuck, timeoutSeconds=0.3)
    assert (answer["status"], answer["state"]) == ("timeout", "kept"), answer
    assert "no" not in answer["stdout"]
    again = repl.eval(language, look)
    assert again["value"]["json"] == 5 and not again["opened"]


def test_who_does_not_heed_an_interrupt_is_ended(repl: Repl) -> None:
    stubborn = "import signal, time\nsignal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT, signal.SIGTERM])\ntime.sleep(100)"
    repl.eval("python", "x = 5")
    (pid,) = [each["pid"] for each in repl.list()]
    answer = repl.eval("python", stubborn, timeoutSeconds=0.1)
    assert (answer["status"], answer["state"]) == ("timeout", "lost")
    assert "did not heed" in answer["ended"]["reason"]
    assert not probes.is_alive(pid)
    again = repl.eval("python", "x")
    assert again["opened"] and again["exception"]["type"] == "NameError" and again["before"] == answer["ended"]


@pytest.mark.parametrize(("language", "stuck"), [("python", PYTHON_LOOP), ("node", NODE_LOOP), ("shell", SHELL_LOOP)])
def test_an_interrupt_from_elsewhere(repl: Repl, language: str, stuck: str) -> None:
    needs(language)
    repl.eval(language, "1" if language != "shell" else ":")

    def interrupt(other: Repl) -> dict[str, Any]:
        probes.until(lambda: other.list()[0]["status"] == "busy", within(5), "it is busy")
        return other.call("repl_interrupt")["structuredContent"]

    answer, told = together(repl, lambda one: one.eval(language, stuck), interrupt)
    assert told == {"repl": language, "interrupted": True, "state": "kept"}
    assert (answer["status"], answer["state"]) == ("interrupted", "kept"), answer
    assert repl.call("repl_interrupt")["structuredContent"] == {"repl": language, "interrupted": False, "state": "kept"}
    assert not repl.eval(language, "1" if language != "shell" else ":")["opened"]


def test_an_interrupt_does_not_reach_the_next_one(repl: Repl) -> None:
    """One is interrupted again and again, while the next waits in line already."""
    repl.eval("shell", "count=0")
    for number in range(10):
        stuck, following = together(
            repl, lambda one: one.eval("shell", "sleep 100", timeoutSeconds=0.1),
            lambda other: (time.sleep(0.05), other.eval("shell", "count=$((count + 1)); sleep 0.15; (exit $count)"))[1])
        assert stuck["status"] == "timeout" and following["value"]["json"] == number + 1, (stuck, following)


@pytest.mark.parametrize(("language", "end", "account"), [
    ("python", "import os; os.write(2, b'famous\\n'); os._exit(3)", {"exitCode": 3, "stderr": "famous\n"}),
    ("python", "import ctypes; ctypes.string_at(0)", {"signal": "SIGSEGV"}),
    ("node", "console.error('famous'); process.exit(3)", {"exitCode": 3, "stderr": "famous\n"}),
    ("shell", "echo famous >&2; exec 2>/dev/null; kill -9 $$", {"signal": "SIGKILL", "stderr": "famous\n"}),
])
def test_a_dead_interpreter_fails_its_calls_at_once(
        server: HttpServer, language: str, end: str, account: dict[str, Any]) -> None:
    needs(language)
    repl = Repl(server)
    # A child of it that holds its output open must not delay the news.
    repl.eval(language, {"python": "import subprocess; subprocess.Popen(['sleep', '1000'])", "shell": "sleep 1000 &",
                         "node": "child_process.spawn('sleep', ['1000'], {stdio: 'inherit'}); 1"}[language])
    waiting = {"python": "import time; time.sleep(0.5)", "shell": "sleep 0.5", "node": "await new Promise((d) => setTimeout(d, 500))"}

    def queued(other: Repl) -> tuple[str, float]:
        probes.until(lambda: other.list()[0]["status"] == "busy", within(5), "it is busy")
        result = other.call("repl_eval", language=language, code="1")
        return result["content"][0]["text"], time.monotonic()

    started = time.monotonic()
    separator = "; " if language == "shell" else "\n"
    answer, *told = together(repl, lambda one: one.eval(language, waiting[language] + separator + end), *[queued] * 4)
    assert (answer["status"], answer["state"]) == ("died", "lost"), answer
    assert {**answer["ended"], "stderr": answer["ended"].get("stderr", "")[-7:]} == {"stderr": "", **account}
    assert any("This was not run" in text for text, _ in told), told
    for text, when in told:
        # One that came a little later begins anew.
        assert "This was not run" in text or "The interpreter before this one" in text or "just opened" in text or "evaluation 2" in text
        assert when - started < within(3)
    assert repl.eval(language, "1" if language != "shell" else ":")["state"] == "kept"


def test_who_gives_an_evaluation_up_interrupts_it(repl: Repl) -> None:
    """A client of 2026-07-28 vanishes; an older one, which might come back for its answer, cancels."""
    repl.eval("python", "x = 5")
    call = repl.client.tool_stream("repl_eval", language="python", code="print('begun', flush=True)\n" + PYTHON_LOOP)
    assert call.next_line() == "begun"
    if repl.client.era == "modern":
        call.vanish()
    else:
        repl.client.notify("notifications/cancelled", {"requestId": call.id})
    answer = repl.eval("python", "x")
    assert answer["value"]["json"] == 5 and not answer["opened"]


# --- one after the other, each once


def test_evaluations_are_serial_and_run_once(repl: Repl) -> None:
    repl.eval("python", "seen, under_way = [], 0")
    code = ("assert under_way == 0\nunder_way += 1\nimport time; time.sleep(0.002)\nunder_way -= 1\nseen.append({number})\n{number}")
    values = together(repl, *(lambda one, number=number: one.value("python", code.format(number=number)) for number in range(40)))
    assert values == list(range(40))
    assert sorted(repl.value("python", "seen")) == list(range(40))


def test_the_line_is_bounded(server: HttpServer, tmp_path: Path) -> None:
    repl = Repl(server)
    gate = Gate(tmp_path / "gate")
    repl.eval("shell", ":")

    def open_gate(one: Repl) -> None:
        probes.until(lambda: one.list()[0]["waiting"] == 64, within(10), "64 wait")
        assert "64 evaluations wait" in one.refused("repl_eval", language="shell", code=":")
        gate.open()

    def behind(one: Repl) -> int:
        probes.until(lambda: one.list()[0]["status"] == "busy", within(10), "the gate is waited at")
        return one.value("shell", ":")

    done = together(repl, lambda one: one.value("shell", f"cat {gate.path}"), *[behind] * 64, open_gate)
    assert done == [0] * 65 + [None]


def test_of_many_that_find_none_open_one_opens_it(repl: Repl) -> None:
    repl.call("repl_list")
    if repl.client.handle is None and repl.client.era == "modern":
        repl.call("repl_open", language="shell")  # for its session
    answers = together(repl, *[lambda one: one.eval("python", "import os; os.getpid()")] * 8)
    assert len({answer["value"]["json"] for answer in answers}) == 1
    assert sum(answer["opened"] for answer in answers) == 1
    assert sorted(answer["evaluation"] for answer in answers) == list(range(1, 9))


@pytest.mark.parametrize("code", [
    "import os; os.write(3, b'17\\n{\"id\":\"x\",\"v\":1}')",
    "import os; os.write(101, b'16\\n{\"id\":\"x\",\"v\":1}')",
    "import os, sys; sys.stdout.write('\\0ambit-end nobody\\0'); 1",
])
def test_what_strangers_say_is_no_answer(server: HttpServer, code: str) -> None:
    repl = Repl(server)
    repl.eval("python", "x = 5")
    assert repl.eval("python", code)["status"] in ("ok", "exception")
    assert repl.value("python", "x") == 5


def test_a_copy_that_code_makes_of_itself_does_not_answer(repl: Repl) -> None:
    code = "import os\npid = os.fork()\nif pid: os.waitpid(pid, 0)\npid > 0"
    assert [repl.value("python", code) for _ in range(3)] == [True] * 3


def test_code_that_closes_everything_loses_its_interpreter_only(repl: Repl) -> None:
    answer = repl.eval("python", "import os; os.closerange(3, 1024); import time; time.sleep(100)")
    assert answer["status"] == "died" and "descriptors of its driver" in answer["ended"]["reason"]
    assert repl.value("python", "1") == 1


# --- opening, listing, closing


def test_several_of_a_language(repl: Repl, tmp_path: Path) -> None:
    first = repl.call("repl_open", language="python", cwd=str(tmp_path), env={"COLOUR": "blue"})["structuredContent"]
    second = repl.call("repl_open", language="python", program=sys.executable)["structuredContent"]
    named = repl.call("repl_open", language="shell", name="sh", program="/bin/sh")["structuredContent"]
    assert (first["repl"], second["repl"], named["repl"]) == ("python", "python-2", "sh")
    assert first["cwd"] == str(tmp_path) and first["version"].startswith("Python 3") and first["status"] == "idle"
    assert repl.value("python", "import os; os.environ['COLOUR']", repl="python") == "blue"
    repl.eval("python", "x = 2", repl="python-2")
    assert repl.eval("python", "x", repl="python")["exception"]["type"] == "NameError"
    assert repl.value("python", "x") == 2, "the latest serves where none is named"
    assert repl.eval("shell", "cd /; echo $0", repl="sh")["stdout"].strip().endswith("sh")
    assert {each["repl"]: each.get("cwd") for each in repl.list()}["sh"] == "/"
    assert "open already" in repl.refused("repl_open", language="python", name="python-2")
    assert "say which" in repl.refused("repl_close")
    assert repl.call("repl_close", repl="python")["structuredContent"]["status"] == "ended"
    assert [each["repl"] for each in repl.list()] == ["python-2", "sh"]
    assert not probes.is_alive(first["pid"])


@pytest.mark.parametrize("program", ["sh", "dash", "bash"])
def test_any_shell(server: HttpServer, program: str) -> None:
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    repl = Repl(server)
    repl.call("repl_open", language="shell", program=program)
    assert repl.eval("shell", "echo 'it'\"'\"'s'; x='a b'; false")["stdout"] == "it's\n"
    answer = repl.eval("shell", "echo $? \"$x\"; cat; ls /proc/self/fd | wc -l; echo >&2 err")
    assert answer["stdout"].split() == ["1", "a", "b", "4"] and answer["stderr"] == "err\n"
    assert repl.eval("shell", "if")["value"]["json"] == 2
    assert repl.eval("shell", "echo 'unfinished")["value"]["json"] == 2
    assert repl.eval("shell", "sleep 100; echo no", timeoutSeconds=0.2)["state"] == "kept"
    assert repl.eval("shell", "echo $x")["stdout"] == "a b\n"


def test_what_is_wrong_is_said(repl: Repl) -> None:
    assert 'Give "language"' in repl.refused("repl_eval", code="1")
    assert 'No interpreter "x" is open' in repl.refused("repl_eval", code="1", repl="x")
    assert "zero byte" in repl.refused("repl_eval", language="python", code="\0")
    assert "/dev/null is not there" in repl.refused("repl_open", language="python", program="/dev/null")
    assert 'no directory: /nowhere' in repl.refused("repl_open", language="python", cwd="/nowhere")
    assert "exited with code 1" in repl.refused("repl_open", language="python", program="/bin/false")
    assert "No interpreter is open" in repl.refused("repl_close")
    repl.eval("python", "1")
    assert 'evaluates python, not node' in repl.refused("repl_eval", language="node", repl="python", code="1")


def test_what_is_not_installed_is_said_with_how_to_get_it() -> None:
    with HttpServer(environment={**os.environ, "PATH": "/nowhere"}) as server:
        repl = Repl(server)
        assert "Node.js is not installed: PATH has no node nor nodejs. To get it: apt-get install nodejs" in repl.refused(
            "repl_eval", language="node", code="1")
        assert "apt-get install python3" in repl.refused("repl_eval", language="python", code="1")


def test_too_many_are_refused(repl: Repl) -> None:
    for _ in range(8):
        repl.call("repl_open", language="shell")
    assert "8 interpreters already" in repl.refused("repl_open", language="shell")


def test_nothing_outlives_its_session() -> None:
    with HttpServer() as server:
        Repl(server, "legacy").client.end_session()
        baseline = server.settle()
        repl = Repl(server, "legacy")
        pids = []
        for language, code in [("python", "import subprocess; subprocess.Popen(['sleep', '1000'], start_new_session=True).pid"),
                               ("shell", "sleep 1000 & echo $!")]:
            answer = repl.eval(language, code)
            pids.append(answer["value"]["json"] if language == "python" else int(answer["stdout"]))
        if shutil.which("node"):
            pids.append(repl.value("node", "child_process.spawn('sleep', ['1000'], {detached: true}).pid"))
        pids += [each["pid"] for each in repl.list()]
        assert all(probes.is_alive(pid) for pid in pids)
        assert repl.client.end_session().status in (200, 204)
        probes.until(lambda: not any(probes.is_alive(pid) for pid in pids), within(5), "all of it is gone")
        server.await_baseline(baseline, 2)
    Repl.opened.clear()


def test_over_stdio() -> None:
    with StdioClient(era="legacy") as client:
        result = client.request("tools/call", {"name": "repl_eval", "arguments": {"language": "python", "code": "6 * 7"}})
        assert result["structuredContent"]["value"]["json"] == 42
        again = client.request("tools/call", {"name": "repl_eval", "arguments": {"language": "python", "code": "_ + 1"}})
        assert json.dumps(again["structuredContent"]["value"]) == '{"repr": "43", "type": "int", "json": 43}'
