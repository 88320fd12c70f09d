internal import CLinux
internal import Glibc

/// The kind process: a program with everything that it starts, owned by a scope and ended with it.
///
/// One `ambit-launcher` owns the tree; this object owns the launcher: its control socket, its pidfd and the pipes. Closing the control
/// socket kills the tree, whatever happens here. All events come on the reactor's thread.
public final class Process: Resource, @unchecked Sendable {  // state is behind its lock
    private struct State: ~Copyable {
        var machine = ProcessState()
        var errorText = ""
        var startedAt: Int64 = 0
        var endedAt: Int64 = 0
        var outputBytes: UInt64 = 0
        var outputHeld = false
        var chunks = RingBuffer<Chunk>()
        var buffered = 0
        var reader: (@Sendable (Chunk?) -> Void)?
        var startedWaiters: [@Sendable (Info) -> Void] = []
        var exitWaiters: [@Sendable (Info) -> Void] = []
        var control: Int32 = -1
        var pidfd: Int32 = -1
        var pipes: [Pipe] = []
        /// The program's side of its terminal (`ProcessStreams.terminal`).
        var terminal: Int32 = -1
        var input: Int32 = -1
        var inputQueue: (bytes: [UInt8], sent: Int, done: @Sendable (Bool) -> Void)?
        var inputWatch: Reactor.Watch?
        var inputClosing = false
        /// The last byte written ended a line: what a terminal needs to know for the end of its input.
        var inputAtLineStart = true
        var controlWatch: Reactor.Watch?
        var pidWatch: Reactor.Watch?
    }

    /// The read end of one output pipe; touched on the reactor's thread, flags under the lock.
    private final class Pipe: Sendable {
        let descriptor: Int32
        let stream: Int32
        // Guarded by the process's lock.
        nonisolated(unsafe) var watch: Reactor.Watch?
        nonisolated(unsafe) var paused = false
        nonisolated(unsafe) var ended = false

        init(_ descriptor: Int32, stream: Int32) {
            self.descriptor = descriptor
            self.stream = stream
        }
    }

    private static let chunkSize = 64 << 10
    /// What the system lets an ordinary user's pipe hold (pipe-max-size).
    private static let largestPipe = 1 << 20
    private static let extraStream: Int32 = 3
    /// From here on its end is worth a look at the heap.
    private static let muchOutput: UInt64 = 1 << 20

    private let options: Options
    private let reactor: Reactor
    private let executor: ThreadExecutor
    private let state = Lock(State())

    private init(_ options: Options, reactor: Reactor, executor: ThreadExecutor) {
        self.options = options
        self.reactor = reactor
        self.executor = executor
        super.init(.process, label: options.label)
    }

    /// Starts a program in a scope (S4). Returns before exec: `whenStarted` tells whether that worked.
    ///
    /// - Parameters:
    ///   - launcher: path of the ambit-launcher binary.
    ///   - executor: where callbacks run; nil: the runtime's.
    package static func start(
        _ options: Options, in scope: Scope, launcher: String, executor: ThreadExecutor? = nil
    ) throws(ProcessError) -> Process {
        guard let reactor = scope.runtime.reactor else {
            throw ProcessError(kind: .invalid, errorNumber: 0, text: "processes need the machine's clock")
        }
        guard let program = options.arguments.first, !program.isEmpty else {
            throw ProcessError(kind: .invalid, errorNumber: EINVAL, text: "no program was named")
        }
        for bytes in options.arguments + options.environment + [options.directory] where bytes.contains(0) {
            throw ProcessError(
                kind: .invalid, errorNumber: EINVAL, text: "arguments, environment and directory can't hold a zero byte"
            )
        }
        let process = Process(options, reactor: reactor, executor: executor ?? scope.runtime.executor)
        do throws(AcquireError) { try scope.reserve(process) } catch {
            throw ProcessError(kind: .refused(error), errorNumber: 0, text: error.description)
        }
        let code = process.launch(launcher)
        if code != 0 {
            process.withdraw()
            throw ProcessError(
                kind: .system, errorNumber: -code,
                text: code == -E2BIG
                    ? "arguments and environment are too large together"
                    : "the process launcher can't be started (\(launcher)): \(String(cString: strerror(-code)))")
        }
        // On the reactor's own thread no handler can come before its watch is stored.
        process.reactor.perform { process.watchAll() }
        do throws(AcquireError) { try process.commit() } catch {
            throw ProcessError(kind: .refused(error), errorNumber: 0, text: error.description)
        }
        return process
    }

    // MARK: - Starting

    private func launch(_ launcher: String) -> Int32 {
        var streams = ProcessStreams()
        var code = streams.open(options)
        var launched = ambit_launched()
        if code == 0 {
            let environment = options.wholeEnvironment()
            code = withCStrings(options.arguments) { arguments in
                withCStrings(environment) { environment in
                    withCStrings([options.arguments[0], options.directory, Array(launcher.utf8)]) { names in
                        var launch = ambit_launch()
                        launch.launcher = UnsafePointer(names[2])
                        launch.path = UnsafePointer(names[0])
                        launch.cwd = UnsafePointer(names[1])
                        launch.arguments = arguments
                        launch.environment = environment
                        launch.flags = UInt32(AMBIT_LAUNCH_SESSION) | UInt32(AMBIT_LAUNCH_SEARCH_PATH)
                        if options.terminal != nil { launch.flags |= UInt32(AMBIT_LAUNCH_TERMINAL) }
                        launch.leftover_grace_ns = Self.forgetsLeftovers ? 3_600_000_000_000 : options.grace
                        if Fault.isOn("host-killed-leaves-no-orphans") { launch.flags |= UInt32(AMBIT_LAUNCH_FAULT_ORPHANS) }
                        launch.stdio = streams.theirs
                        launch.passed_count = streams.extra >= 0 ? 1 : 0
                        // The host's own limit is raised; programs get what the host was started with.
                        var limit = ambit_launcher_rlimit()
                        limit.resource = UInt32(RLIMIT_NOFILE.rawValue)
                        launch.rlimit_count = Int(ambit_linux_unraised_descriptor_limit(&limit.soft, &limit.hard))
                        return withUnsafePointer(to: (limit, streams.extra)) { both in
                            launch.rlimits = both.pointer(to: \.0)
                            launch.passed = both.pointer(to: \.1)
                            return ambit_linux_launch(&launch, &launched)
                        }
                    }
                }
            }
        }
        streams.closeTheirs()
        guard code == 0 else {
            if !Fault.isOn("setup-failure-closes-half-built-scope") { streams.closeOurs() }
            return code
        }
        state.withLock { state in
            state.control = launched.control
            state.pidfd = launched.pidfd
            state.input = streams.input
            state.terminal = streams.terminal
            state.pipes = streams.outputs.map { Pipe($0.descriptor, stream: $0.stream) }
            state.startedAt = Monotonic.unixNow()
        }
        return 0
    }

    /// With these faults, what the leader leaves behind is nobody's concern for an hour.
    private static var forgetsLeftovers: Bool {
        Fault.isOn("stop-kills-the-whole-group") || Fault.isOn("leader-exits-descendant-ignores-term")
            || Fault.isOn("descendant-in-own-session-is-reaped")
    }

    private func watchAll() {
        let (control, pidfd, pipes) = state.withLock { ($0.control, $0.pidfd, $0.pipes) }
        let controlWatch = reactor.watch(control, .read) { [self] _ in readControl() }
        let pipeWatches = pipes.map { pipe in reactor.watch(pipe.descriptor, .read) { [self] _ in readOutput(pipe) } }
        state.withLock { state in
            state.controlWatch = controlWatch
            for (pipe, watch) in zip(pipes, pipeWatches) { pipe.watch = watch }
        }
        let pidWatch = reactor.watch(pidfd, .read) { [self] _ in launcherExited() }
        state.withLock { $0.pidWatch = pidWatch }
    }

    // MARK: - What the launcher says (reactor's thread)

    private func readControl() {
        while true {
            var event = ambit_launcher_event()
            let control = state.withLock { $0.control }
            guard control >= 0 else { return }
            let code = ambit_linux_launcher_receive(control, &event)
            guard code == 1 else {
                if code == 0 { state.withLock { $0.controlWatch }?.rearm(.read) }
                return
            }
            switch event.kind {
            case UInt32(AMBIT_LAUNCHER_STARTED): handle(.started(pid: event.pid))
            case UInt32(AMBIT_LAUNCHER_FAILED):
                let text = withUnsafeBytes(of: event.text) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
                state.withLock { $0.errorText = text }
                handle(.failed(errorNumber: event.code))
            case UInt32(AMBIT_LAUNCHER_ENDED):
                state.withLock { $0.endedAt = Monotonic.unixNow() }
                let exited = event.detail == UInt32(AMBIT_LINUX_EXITED)
                handle(.ended(exitCode: exited ? event.code : 0, signal: exited ? 0 : event.code))
            default: break
            }
        }
    }

    private func launcherExited() {
        readControl()
        if Fault.isOn("no-zombies-under-concurrency") { return handle(.launcherExited(clean: true)) }
        let pidfd = state.withLock { $0.pidfd }
        var exit = ambit_linux_exit()
        let code = pidfd >= 0 ? ambit_linux_pidfd_wait(pidfd, 0, &exit) : 1
        guard code != 0 else {
            state.withLock { $0.pidWatch }?.rearm(.read)
            return
        }
        let clean = code == 1 && exit.kind == AMBIT_LINUX_EXITED && exit.code == AMBIT_LAUNCHER_EXIT_EMPTY
        handle(.launcherExited(clean: clean))
    }

    private func handle(_ event: ProcessState.Event) {
        for action in state.withLock({ $0.machine.handle(event) }) { perform(action) }
    }

    private func perform(_ action: ProcessState.Action) {
        switch action {
        case .reportStarted:
            let waiters = state.withLock { state in
                defer { state.startedWaiters = [] }
                return state.startedWaiters
            }
            let info = info
            for waiter in waiters { executor.post { waiter(info) } }
        case .finishOutput:
            // No process of the tree is left.
            closeTerminal()
            for pipe in state.withLock({ $0.pipes }) { readRest(pipe) }
        case .reportExited:
            release()
            let waiters = state.withLock { state in
                if state.endedAt == 0 { state.endedAt = Monotonic.unixNow() }
                defer { state.exitWaiters = [] }
                return state.exitWaiters
            }
            let (info, unknown) = (info, state.withLock { $0.machine.treeUnknown })
            if info.outputBytes > Self.muchOutput, let runtime = scope?.runtime { runtime.heap.schedule(runtime) }
            ended(failure: unknown ? "its launcher was killed; processes of it may have survived" : nil)
            for waiter in waiters { executor.post { waiter(info) } }
        }
    }

    private func closeTerminal() {
        let descriptor = state.withLock { state in
            defer { state.terminal = -1 }
            return state.terminal
        }
        if descriptor >= 0 { _ = ambit_linux_close(descriptor) }
    }

    /// Gives all descriptors back. Reactor's thread.
    private func release() {
        closeTerminal()
        let (descriptors, watches, input) = state.withLock {
            state -> ([Int32], [Reactor.Watch?], (@Sendable (Bool) -> Void)?) in
            let result = [state.control, state.pidfd, state.input]
            let watches = [state.controlWatch, state.pidWatch, state.inputWatch]
            state.control = -1
            state.pidfd = -1
            state.input = -1
            state.controlWatch = nil
            state.pidWatch = nil
            state.inputWatch = nil
            return (result, watches, state.inputQueue.take()?.done)
        }
        for watch in watches { watch?.cancel() }
        for descriptor in descriptors where descriptor >= 0 { _ = ambit_linux_close(descriptor) }
        if let input { executor.post { input(false) } }
    }

    // MARK: - Output

    private func readOutput(_ pipe: Pipe) {
        while true {
            let room = state.withLock { state -> Bool in
                if pipe.ended { return false }
                if state.buffered < options.outputCapacity { return true }
                pipe.paused = true
                return false
            }
            guard room else { return }
            let count = readChunk(pipe)
            if count > 0 { continue }
            if count == -Int(EAGAIN) {
                state.withLock { _ in pipe.watch }?.rearm(.read)
                return
            }
            // The end; for a terminal that is EIO: nobody has its other side open.
            endOutput(pipe)
            return
        }
    }

    /// What the tree has left in a pipe when it is gone. A process outside of the tree may hold the other end (it was handed over a socket) and
    /// write for ever: no more is read than a pipe can hold (`outputHeldOutsideTheTreeDelaysNothing` fails without this).
    private func readRest(_ pipe: Pipe) {
        if state.withLock({ _ in pipe.ended }) { return }
        var left = Self.largestPipe
        var count = 1
        while count > 0, left > 0 {
            count = readChunk(pipe)
            left -= max(0, count)
        }
        if count == -Int(EAGAIN), Fault.isOn("pipes-held-by-grandchild") { return }
        if count > 0 || count == -Int(EAGAIN) {
            state.withLock { $0.outputHeld = true }
            scope?.runtime.ledger.count("processes.output-held")
        }
        endOutput(pipe)
    }

    /// How many bytes came; 0 or -errno: none.
    private func readChunk(_ pipe: Pipe) -> Int {
        var count = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: Self.chunkSize) { buffer, size in
            count = ambit_linux_read(pipe.descriptor, buffer.baseAddress, buffer.count)
            size = max(0, count)
        }
        // A small chunk doesn't hold on to a large buffer.
        if count > 0 { deliver(Chunk(stream: pipe.stream, bytes: count < Self.chunkSize / 2 ? Array(bytes[...]) : bytes)) }
        return count
    }

    private func deliver(_ chunk: Chunk) {
        let reader = state.withLock { state -> (@Sendable (Chunk?) -> Void)? in
            state.outputBytes += UInt64(chunk.bytes.count)
            if let reader = state.reader.take() { return reader }
            state.chunks.append(chunk)
            state.buffered += chunk.bytes.count
            return nil
        }
        if let reader { executor.post { reader(chunk) } }
    }

    private func endOutput(_ pipe: Pipe) {
        let isFirst = state.withLock { _ in !pipe.ended }
        // Who speaks a protocol there learns at once that the other side is gone, whoever else has the program's output open.
        if isFirst, pipe.stream == Self.extraStream { deliver(Chunk(stream: pipe.stream, bytes: [])) }
        let (watch, all, reader) = state.withLock { state -> (Reactor.Watch?, Bool, (@Sendable (Chunk?) -> Void)?) in
            guard !pipe.ended else { return (nil, false, nil) }
            pipe.ended = true
            let all = state.pipes.allSatisfy(\.ended)
            return (pipe.watch.take(), all, all ? state.reader.take() : nil)
        }
        watch?.cancel()
        _ = ambit_linux_close(pipe.descriptor)
        if let reader { executor.post { reader(nil) } }
        if all { handle(.outputEnded) }
    }

    /// Reads the next chunk; nil after the last. `done` is posted, never inline. False: a read is under way already.
    package func read(_ done: @escaping @Sendable (Chunk?) -> Void) -> Bool {
        enum Next { case busy, wait, chunk(Chunk, [Pipe]), end }
        let next = state.withLock { state -> Next in
            if let chunk = state.chunks.popFirst() {
                state.buffered -= chunk.bytes.count
                guard state.buffered <= options.outputCapacity / 2 else { return .chunk(chunk, []) }
                let paused = state.pipes.filter { $0.paused && !$0.ended }
                for pipe in paused { pipe.paused = false }
                return .chunk(chunk, paused)
            }
            if !state.pipes.isEmpty, state.pipes.allSatisfy(\.ended) { return .end }
            if state.reader != nil { return .busy }
            state.reader = done
            return .wait
        }
        switch next {
        case .busy: return false
        case .wait: break
        case .chunk(let chunk, let resumed):
            for pipe in resumed { state.withLock { _ in pipe.watch }?.rearm(.read) }
            executor.post { done(chunk) }
        case .end: executor.post { done(nil) }
        }
        return true
    }

    // MARK: - Waiting and asking

    package var info: Info {
        state.withLock { state in
            var info = Info()
            info.state = Info.State(rawValue: Int32(state.machine.stage.rawValue)) ?? .failed
            info.pid = state.machine.pid
            info.exitCode = state.machine.exitCode
            info.signal = state.machine.signal
            info.errorNumber = state.machine.errorNumber
            info.errorText = state.errorText
            info.stopped = state.machine.stopped
            info.startedAt = state.startedAt
            info.endedAt = state.endedAt
            info.outputBytes = state.outputBytes
            info.outputHeld = state.outputHeld
            return info
        }
    }

    /// Called once when the program runs or could not be started.
    package func whenStarted(_ done: @escaping @Sendable (Info) -> Void) {
        let waits = state.withLock { state -> Bool in
            guard state.machine.stage == .starting else { return false }
            state.startedWaiters.append(done)
            return true
        }
        if !waits {
            let info = info
            executor.post { done(info) }
        }
    }

    /// Called once, when nothing of it is left and its output was read from the pipes to the end.
    package func whenExited(_ done: @escaping @Sendable (Info) -> Void) {
        let waits = state.withLock { state -> Bool in
            guard !state.machine.isOver else { return false }
            state.exitWaiters.append(done)
            return true
        }
        if !waits {
            let info = info
            executor.post { done(info) }
        }
    }

    public override var describe: String {
        let info = info
        switch info.state {
        case .starting: return "starting"
        case .running: return "pid \(info.pid), running"
        case .exited: return "pid \(info.pid), ended, its descendants are ending"
        case .failed: return "could not be started"
        }
    }

    // MARK: - Input

    /// Writes to the program's input; `done(false)` when that is closed or a write is under way already.
    package func write(_ bytes: [UInt8], _ done: @escaping @Sendable (Bool) -> Void) {
        let accepted = state.withLock { state -> Bool in
            guard state.input >= 0, state.inputQueue == nil, !state.inputClosing else { return false }
            state.inputQueue = (bytes, 0, done)
            return true
        }
        guard accepted else { return executor.post { done(false) } }
        reactor.perform { [self] in writeInput() }
    }

    /// No more input: the program reads the end of file once what was written is through.
    package func closeInput() {
        reactor.perform { [self] in
            let idle = state.withLock { state -> Bool in
                state.inputClosing = true
                return state.inputQueue == nil
            }
            if idle { closeInputNow() }
        }
    }

    private func closeInputNow() {
        let (descriptor, watch, atLineStart) = state.withLock { state in
            defer { state.input = -1 }
            return (state.input, state.inputWatch.take(), state.inputAtLineStart)
        }
        watch?.cancel()
        if options.terminal != nil, descriptor >= 0 {
            // A terminal has no end of file but the character for it, twice where a line is unfinished: the first only sends that off.
            let ends: [UInt8] = atLineStart ? [4] : [4, 4]
            _ = ambit_linux_write(descriptor, ends, ends.count)
        }
        if descriptor >= 0 { _ = ambit_linux_close(descriptor) }
    }

    /// Reactor's thread.
    private func writeInput() {
        while true {
            let (descriptor, queue) = state.withLock { ($0.input, $0.inputQueue) }
            guard descriptor >= 0, let queue else { return }
            let count = queue.bytes.withUnsafeBytes { buffer in
                ambit_linux_write(descriptor, buffer.baseAddress.map { $0 + queue.sent }, buffer.count - queue.sent)
            }
            if count == -Int(EAGAIN) {
                if let watch = state.withLock({ $0.inputWatch }) {
                    watch.rearm(.write)
                } else {
                    let watch = reactor.watch(descriptor, .write) { [self] _ in writeInput() }
                    state.withLock { $0.inputWatch = watch }
                }
                return
            }
            let (finished, closing) = state.withLock { state -> (Bool, Bool) in
                let sent = queue.sent + max(0, count)
                state.inputQueue?.sent = sent
                if count > 0 { state.inputAtLineStart = queue.bytes[sent - 1] == UInt8(ascii: "\n") }
                guard count < 0 || sent == queue.bytes.count else { return (false, false) }
                state.inputQueue = nil
                return (true, state.inputClosing)
            }
            guard finished else { continue }
            executor.post { queue.done(count >= 0) }
            if closing || count < 0 { closeInputNow() }
            return
        }
    }

    // MARK: - Terminal

    package var hasTerminal: Bool { options.terminal != nil }

    /// Tells the terminal its size; programs in it get SIGWINCH. Nothing happens to a process without one.
    package func resize(_ size: Terminal) {
        guard options.terminal != nil else { return }
        reactor.perform { [self] in
            // The end for input is the terminal's own; it is closed on this thread.
            guard let pipe = state.withLock({ $0.pipes.first { !$0.ended } }) else { return }
            _ = ambit_linux_terminal_resize(pipe.descriptor, size.rows, size.columns)
        }
    }

    // MARK: - Ending

    /// Sends a signal to every process of the tree.
    package func signal(_ number: Int32) { command(UInt32(AMBIT_LAUNCHER_SIGNAL_TREE), signal: number, grace: 0) }

    /// SIGTERM to the whole tree, SIGKILL after `grace` nanoseconds to what is left.
    package func stop(grace: Int64? = nil) {
        _ = state.withLock { $0.machine.handle(.stopRequested) }
        let stage = state.withLock { $0.machine.stage }
        if stage == .starting, Fault.isOn("stop-while-starting") { return }
        if stage == .exited, Fault.isOn("pgid-known-after-leader-reaped") { return }
        if stage == .running, Fault.isOn("descendant-in-own-session-is-reaped") {
            _ = kill(-info.pid, SIGKILL)
            return
        }
        if Fault.isOn("stop-kills-the-whole-group") {
            command(UInt32(AMBIT_LAUNCHER_SIGNAL_LEADER), signal: SIGTERM, grace: 0)
            return
        }
        command(UInt32(AMBIT_LAUNCHER_TERMINATE), signal: 0, grace: grace ?? options.grace)
    }

    /// On the reactor's thread, where the control socket is open or gone for good.
    private func command(_ kind: UInt32, signal: Int32, grace: Int64) {
        reactor.perform { [self] in
            let control = state.withLock { $0.control }
            guard control >= 0 else { return }
            _ = ambit_linux_launcher_send(control, kind, signal, grace)
        }
    }

    public override func cancel(_ reason: Reason) { stop() }

    public override func undo(_ reason: Reason) {
        stop()
        force(reason)
    }

    public override func force(_ reason: Reason) { command(UInt32(AMBIT_LAUNCHER_KILL), signal: 0, grace: 0) }

    public override func abandoned(_ reason: Reason) {
        // The launcher kills what is left when its control socket closes; its own end still comes and is counted as late.
        reactor.perform { [self] in
            let (control, watch) = state.withLock { state in
                defer { state.control = -1 }
                return (state.control, state.controlWatch.take())
            }
            watch?.cancel()
            if control >= 0 { _ = ambit_linux_close(control) }
        }
    }
}
