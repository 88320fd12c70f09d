internal import Scopes

/// Looks at a plugin in a process of its own first, so that one whose initializers crash or hang does not take the server with it.
struct PluginInspector: Sendable {
    /// The hidden command of `ambit` that runs `InspectionWorker`.
    static let command = "inspect-worker"

    /// The `ambit` that is started.
    let program: String
    let launcher: String
    /// How long loading may take, nanoseconds.
    let limit: Int64

    /// Blocks until the process has ended, for `limit` and its killing at the most.
    ///
    /// - Parameters:
    ///   - library: the copy.
    ///   - path: as the operator knows it.
    ///   - scope: owns the process.
    func inspect(_ library: String, path: String, in scope: Scope) throws(PluginError) -> PluginDescription {
        var options = Process.Options(arguments: [Array(program.utf8), Array(Self.command.utf8), Array(library.utf8)])
        options.label = "inspect \(path)"
        options.grace = 0
        // A plugin in Swift that traps is to say why in one line, and at once.
        options.environment = [Array("SWIFT_BACKTRACE=enable=no".utf8)]
        // Its callbacks must not wait for a thread that may wait for this one.
        let executor = ThreadExecutor(name: "ambit-inspect", threads: 1)
        defer { executor.stop() }
        let process: Process
        do throws(ProcessError) {
            process = try Process.start(options, in: scope, launcher: launcher, executor: executor)
        } catch {
            throw PluginError(path: path, what: "it could not be inspected: \(error.text)", howToMend: "")
        }
        let inspection = Running(process)
        inspection.read()
        return try inspection.wait(limit).description(path)
    }

    /// Collects what the process says.
    private final class Running: Sendable {
        private let process: Process
        private let outcome = Lock(InspectionOutcome())
        private let exited = Latch()
        private let drained = Latch()

        init(_ process: Process) {
            self.process = process
            process.whenExited { [self] info in
                let end: InspectionOutcome.End =
                    info.state == .failed
                    ? .failed(info.errorText) : info.signal != 0 ? .killed(signal: info.signal) : .exited(status: info.exitCode)
                outcome.withLock { if $0.end == .running { $0.end = end } }
                exited.open()
            }
        }

        func read() {
            _ = process.read { [self] chunk in
                guard let chunk else { return drained.open() }
                outcome.withLock { $0.append(chunk.bytes, stream: chunk.stream) }
                read()
            }
        }

        func wait(_ limit: Int64) -> InspectionOutcome {
            if !exited.wait(nanoseconds: limit) {
                outcome.withLock { if $0.end == .running { $0.end = .tooSlow(limit: limit) } }
                process.stop(grace: 0)
                // The launcher kills the whole tree; what it can't kill is the scope's to abandon.
                _ = exited.wait(nanoseconds: limit)
            }
            // What it wrote has been read from the pipes by now, but maybe not taken by us.
            if outcome.withLock({ $0.end.hasRun }) { _ = drained.wait(nanoseconds: limit) }
            return outcome.withLock { $0 }
        }
    }
}
