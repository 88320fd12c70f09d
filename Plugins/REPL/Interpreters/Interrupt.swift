internal import AmbitPlugin

/// The ladder by which an evaluation is ended: the driver is told, all of its processes get SIGINT, and at last the interpreter is ended,
/// and its state with it.
struct Interrupt: Sendable {
    enum Fate: String, CaseIterable, Sendable {
        case kept
        case lost
    }

    let interpreter: Interpreter
    let id: String
    /// Until the interpreter is ended.
    let grace: Duration

    static let standardGrace = Duration.seconds(3)

    /// Starts to climb, in the interpreter's own scope: it goes on when whoever wants it is gone.
    func start() throws {
        guard interpreter.beginInterrupt(id) else { return }
        try interpreter.scope.spawn("interrupt of \(interpreter.name)") { try await climb() }
    }

    /// Waits until it is over, in a scope of whoever asks.
    func wait(in scope: Scope) async throws -> Fate {
        // The ladder ends after the grace, a reserve for the kernel included.
        let wake = try Wake(interpreter, in: scope, limit: grace + .seconds(5))
        defer { wake.close() }
        while interpreter.machine.isRunning(id), !wake.isOver { try await wake.wait() }
        return interpreter.lastWords == nil ? .kept : .lost
    }

    private func climb() async throws {
        interpreter.askToInterrupt(id)
        if try await isOver(within: grace / 2) { return }
        interpreter.signal(id)
        if try await isOver(within: grace / 2) { return }
        interpreter.end("it did not heed an interrupt within \(Spoken.text(grace))", grace: .milliseconds(500))
    }

    private func isOver(within duration: Duration) async throws -> Bool {
        let wake = try Wake(interpreter, in: interpreter.scope, limit: duration)
        defer { wake.close() }
        while interpreter.machine.isRunning(id) {
            if wake.isOver { return false }
            try await wake.wait()
        }
        return true
    }
}
