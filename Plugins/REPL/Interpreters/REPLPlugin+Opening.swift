internal import AmbitPlugin

extension REPLPlugin {
    /// The interpreter that is meant, opened where it is not there. An ended one is taken only by its name: then it is what is told.
    func interpreter(
        _ repl: String?, _ language: Language?, in session: Session
    ) throws -> (interpreter: Interpreter, isNew: Bool, before: LastWords?) {
        if let repl {
            guard let found = store.find(repl, in: session.key) else { throw UnknownInterpreter(repl, store.interpreters(of: session.key)) }
            if let language, language != found.language {
                throw ToolError("\"\(repl)\" evaluates \(found.language.rawValue), not \(language.rawValue): leave one of the two out.")
            }
            return (found, false, nil)
        }
        guard let language else { throw ToolError("Give \"language\", or \"repl\" with the name of an open interpreter.") }
        let before = store.current(language, in: session.key)
        if let before, before.lastWords == nil { return (before, false, nil) }
        let program = try before?.program ?? Program(language, given: nil, directory: nil, environment: [], search: Program.search)
        let (interpreter, isNew) = try open(program, name: nil, orUseLive: true, in: session)
        return (interpreter, isNew, isNew ? before?.lastWords : nil)
    }

    func open(
        _ program: Program, name: String?, orUseLive: Bool, limit: Duration = .seconds(Limits.startSeconds), in session: Session
    ) throws -> (interpreter: Interpreter, isNew: Bool) {
        let scope = try (Fault.orphanedAttempts ? host.scope : session.scope).child("repl \(name ?? program.language.rawValue)")
        do {
            let outbox = try scope.channel(of: [UInt8].self, capacity: 64, overflow: .fail, label: "requests")
            let (interpreter, isNew, isFirst) = try store.register(program.language, name: name, orUseLive: orUseLive, in: session.key) {
                [host] name in Interpreter(name: name, program: program, host: host, scope: scope, outbox: outbox)
            }
            guard isNew else {
                try? scope.beginClose(.completed)
                return (interpreter, false)
            }
            do {
                if isFirst { try forgetAtEnd(of: session) }
                try interpreter.start(limit: limit)
            } catch {
                interpreter.failed(error)
                throw error
            }
            return (interpreter, true)
        } catch {
            try? scope.beginClose(Reason(.failed, "\(error)"))
            throw error
        }
    }

    private func forgetAtEnd(of session: Session) throws {
        do {
            try session.scope.onClose("interpreters") { [store, key = session.key] _ in store.forget(key) }
        } catch {
            store.forget(session.key)
            throw error
        }
    }
}
