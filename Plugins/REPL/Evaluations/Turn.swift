internal import AmbitPlugin

/// A call's place in the line before an interpreter.
struct Turn: Sendable {
    let call: Call
    let interpreter: Interpreter

    /// Waits until the interpreter is ready and nobody else evaluates.
    func wait() async throws -> String {
        let turn = try slot(.seconds(Limits.turnSeconds), "turn")
        switch interpreter.enter(turn.id) {
        case .go:
            turn.close()
            return turn.id
        case .full:
            turn.close()
            throw ToolError(
                "\(interpreter.name) is busy, and \(Limits.waiting) evaluations wait for it already; this one was not run. "
                    + "Interrupt with repl_interrupt, or try again.")
        case .ended:
            turn.close()
            throw NotRun(interpreter.name, await lastWords())
        case .wait: break
        }
        do {
            _ = try await turn.value()
        } catch {
            interpreter.leave(turn.id)
            let status = (error as? AmbitError)?.status
            if status == .timedOut { throw ToolError("\(interpreter.name) was busy for an hour; this was not run.") }
            guard !call.isCancelled, !Task.isCancelled, status == .closed else { throw CancellationError() }
            throw NotRun(interpreter.name, await lastWords())
        }
        return turn.id
    }

    /// For an answer that may come until the interpreter ends.
    func slot(_ timeout: Duration, _ label: String) throws -> Reply {
        do throws(AmbitError) {
            return try call.scope.reply(timeout: timeout, from: interpreter.scope, label: label)
        } catch {
            guard let words = interpreter.lastWords else { throw error }
            throw NotRun(interpreter.name, words)
        }
    }

    /// How the interpreter has ended; its scope closes a little before that is known.
    func lastWords() async -> LastWords {
        if let words = interpreter.lastWords { return words }
        guard let wake = try? Wake(interpreter, in: call.scope, limit: .seconds(5)) else { return LastWords() }
        defer { wake.close() }
        while interpreter.lastWords == nil, !wake.isOver {
            guard (try? await wake.wait()) != nil else { break }
        }
        return interpreter.lastWords ?? LastWords()
    }
}
