internal import AmbitPlugin
private import Synchronization

/// One interpreter: its place in the session, its process with the driver, and who may evaluate.
final class Interpreter: Sendable {
    /// The reader's view of what is being written.
    private struct Guarded {
        var machine = InterpreterState()
        var version = ""
        var process: Process?
        /// Of the evaluation under way.
        var output: EvaluationOutput?
        /// What was written while nothing was evaluated.
        var background = BoundedText(limit: Limits.background, headShare: 0)
        var stderr = BoundedText(limit: Limits.lastWords, headShare: 0)
        /// Why we end it; nil: we don't.
        var reason: String?
        /// The driver has let go of its descriptors: it has ended, most likely.
        var isDriverGone = false
        /// A browser has no driver: it is spoken to in its own protocol.
        var browser: BrowserState

        func lastWords(_ info: Process.Info) -> LastWords {
            var reason = reason
            if reason == nil, info.wasStopped, info.signal == SignalName.terminate {
                reason = isDriverGone ? "the descriptors of its driver were closed" : "its session has ended"
            }
            let isOurs = reason != nil
            return LastWords(
                exitCode: isOurs ? nil : info.exitCode, signal: isOurs ? nil : info.signal, reason: reason, stderr: stderr.text.text)
        }
    }

    /// Unique in its session.
    let name: String
    let program: Program
    let host: Host
    /// It ends with the interpreter, and the interpreter with it.
    let scope: Scope
    /// Nanoseconds since the Unix epoch.
    let openedAt: Int64
    private let outbox: Channel<[UInt8]>
    private let guarded: Mutex<Guarded>

    init(name: String, program: Program, host: Host, scope: Scope, outbox: Channel<[UInt8]>) {
        self.name = name
        self.program = program
        self.host = host
        self.scope = scope
        self.outbox = outbox
        guarded = Mutex(Guarded(browser: BrowserState(program.attachment)))
        openedAt = Timestamp.now()
    }

    var language: Language { program.language }
    var version: String { guarded.withLock { $0.version } }
    var machine: InterpreterState { guarded.withLock { $0.machine } }
    var lastWords: LastWords? { machine.lastWords }
    var process: Process? { guarded.withLock { $0.process } }

    /// Who waits for something to happen here subscribes to it.
    var topic: String { "repl/\(scope.handle)" }

    // MARK: - Its life

    /// Starts the program. What is wrong with it shows as its end.
    ///
    /// - Parameter limit: until it is ready.
    func start(limit: Duration = .seconds(Limits.startSeconds)) throws {
        let profile = language == .browser && program.attachment == nil ? try scope.temporaryDirectory("browser").path : ""
        let process = try scope.process(
            program.arguments(profile: profile), environment: program.environment + program.driverEnvironment,
            directory: program.directory, input: true, extraOutput: true, label: name)
        guarded.withLock { $0.process = process }
        let reader = InterpreterReader(interpreter: self, process: process)
        try scope.onClose("end of \(name)") { [self] _ in ended(process.info) }
        try scope.spawn("requests to \(name)") { [outbox] in
            for try await request in outbox { try await process.write(request.value) }
        }
        try scope.spawn("driver of \(name)") { [scope] in
            try await reader.run()
            try scope.beginClose(.completed)
        }
        if !Fault.endlessAttempts {
            try scope.timer(after: limit, "start of \(name)") { [self] in
                guard machine.phase == .starting else { return }
                end("it was not ready after \(Spoken.text(limit))", grace: .zero)
            }
        }
        if language == .browser {
            perform(guarded.withLock { $0.browser.start() })
        } else {
            send(program.greeting)
        }
    }

    /// Asks for what an evaluation is to do, which has begun.
    func request(_ id: String, _ work: Work, limit: Int) {
        if language == .browser {
            perform(guarded.withLock { $0.browser.begin(id, work, limit: limit) })
        } else if case .code(let code) = work {
            send(program.request(id: id, code: code, limit: limit))
        }
    }

    /// A message of the browser.
    func receive(_ message: JSON) { perform(guarded.withLock { $0.browser.receive(message) }) }

    private func perform(_ steps: [BrowserStep]) {
        for step in steps {
            switch step {
            case .send(let message):
                let bytes = Array(message.text.utf8)
                send(program.attachment == nil ? bytes + [0] : WebSocket.frame(bytes))
            case .ready(let version): ready(version)
            case .output(let stream, let text): write(Array("\(text)\n".utf8), stream)
            case .answer(let id, let answer):
                // Everything comes in one stream: what was written before has been read.
                for stream in OutputStream.allCases { mark(id, stream) }
                self.answer(id, answer)
            case .end(let reason): end(reason, grace: .seconds(1))
            }
        }
    }

    func send(_ bytes: [UInt8]) { _ = outbox.trySend(bytes) }

    /// Ends the process with everything that it has started.
    func end(_ reason: String, grace: Duration) {
        guarded.withLock { $0.reason = $0.reason ?? reason }
        // Refused where it has ended already.
        try? process?.stop(grace: max(grace, .nanoseconds(1)))
    }

    /// The driver is gone, whatever else is left of its tree: nobody waits for that.
    func driverGone() {
        guarded.withLock { $0.isDriverGone = true }
        // Time enough for a driver that still lives to end by SIGTERM: else one that somebody has killed could not be told from it.
        try? process?.stop(grace: .milliseconds(100))
    }

    /// The process is gone. The first to say so is heard.
    func ended(_ info: Process.Info) {
        let output = guarded.withLock { guarded -> EvaluationOutput? in
            guard guarded.machine.lastWords == nil else { return nil }
            guarded.machine.end(guarded.lastWords(info))
            return guarded.output.take()
        }
        output?.finish()
        tell()
    }

    /// The program could not be started.
    func failed(_ error: any Error) {
        guarded.withLock { $0.machine.end(LastWords(reason: "\(error)")) }
        tell()
        try? scope.beginClose(Reason(.failed, "it was not started"))
    }

    func ready(_ version: String) {
        let next = guarded.withLock { guarded in
            guarded.version = version
            // A shell has greeted until now.
            guarded.background = BoundedText(limit: Limits.background, headShare: 0)
            guarded.stderr = BoundedText(limit: Limits.lastWords, headShare: 0)
            return guarded.machine.ready()
        }
        grant(next)
        tell()
    }

    // MARK: - Turns

    func enter(_ ticket: String) -> InterpreterState.Entry { guarded.withLock { $0.machine.enter(ticket) } }

    func leave(_ ticket: String) { grant(guarded.withLock { $0.machine.leave(ticket) }) }

    /// Begins an evaluation: its number, and what was written since the last one. nil: it is not its turn any more.
    func begin(_ ticket: String, id: String, _ output: EvaluationOutput) -> (number: Int, background: BoundedText)? {
        guarded.withLock { guarded in
            guard let number = guarded.machine.begin(ticket, id: id) else { return nil }
            guarded.output = output
            defer { guarded.background = BoundedText(limit: Limits.background, headShare: 0) }
            return (number, guarded.background)
        }
    }

    /// A ticket is a reply slot, in which its holder waits.
    private func grant(_ ticket: String?) {
        guard let ticket else { return }
        // Not there any more: its call has ended, and leaves.
        _ = try? host.resolve(id: ticket, payload: "")
    }

    // MARK: - What the driver says

    func write(_ bytes: [UInt8], _ stream: OutputStream) {
        let output = guarded.withLock { guarded -> EvaluationOutput? in
            if stream == .stderr { guarded.stderr.append(bytes) }
            guard let output = guarded.output, let running = guarded.machine.running, running.marks.contains(stream) else {
                guarded.background.append(bytes)
                return nil
            }
            return output
        }
        output?.append(bytes, stream)
    }

    func mark(_ id: String, _ stream: OutputStream) {
        let isDone = guarded.withLock { guarded in
            guarded.machine.mark(id, stream)
            return guarded.machine.isDone
        }
        if isDone { finish() }
    }

    func answer(_ id: String, _ answer: JSON) {
        let (isAnswer, isDone) = guarded.withLock { guarded in
            let isAnswer = guarded.machine.answer(id)
            if isAnswer { guarded.output?.keep(answer, wasInterrupted: guarded.machine.running?.isInterrupted ?? false) }
            return (isAnswer, isAnswer && guarded.machine.isDone)
        }
        if isDone { return finish() }
        guard isAnswer else { return }
        // The code has closed what the marks are written to, or the rest of the output is long.
        _ = try? scope.timer(after: .seconds(1), "end of output") { [self] in
            if machine.isRunning(id) { finish() }
        }
    }

    /// The evaluation under way is over.
    private func finish() {
        let (id, next, settles) = guarded.withLock { guarded -> (String?, String?, Bool) in
            guard let id = guarded.machine.running?.id else { return (nil, nil, false) }
            let output = guarded.output.take()
            output?.finish()
            let next = guarded.machine.finish(id)
            return (id, next, guarded.machine.phase == .settling)
        }
        guard let id else { return }
        // Exactly once, by the host: where its time is up already, this comes too late, and is dropped.
        _ = try? host.resolve(id: id, payload: "")
        grant(next)
        tell()
        guard settles else { return }
        // The signal has been sent before; this is ample.
        _ = try? scope.timer(after: .milliseconds(100), "signal") { [self] in grant(guarded.withLock { $0.machine.settled() }) }
    }

    // MARK: - Interrupts

    /// Tells the driver, where it hears of it.
    func askToInterrupt(_ id: String) {
        switch language {
        case .python, .node: send(Frame.bytes(["interrupt": .string(id)]))
        case .browser: perform(guarded.withLock { $0.browser.interrupt(id) })
        case .shell: signal(id)
        }
    }

    func beginInterrupt(_ id: String) -> Bool { guarded.withLock { $0.machine.interrupt(id) } }

    /// SIGINT to all of its processes; a browser would end by it.
    func signal(_ id: String) {
        guard language != .browser, guarded.withLock({ $0.machine.signal(id) }) else { return }
        try? process?.signal(SignalName.interrupt)
    }

    private func tell() { try? host.publish(topic, "") }
}
