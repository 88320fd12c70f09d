internal import AmbitPlugin
private import Synchronization

/// The interpreters of all sessions, by the session's key. Nothing foreign runs under its lock.
final class InterpreterStore: Sendable {
    private let sessions = Mutex<[UInt64: SessionInterpreters]>([:])

    func interpreters(of key: UInt64) -> [Interpreter] { sessions.withLock { $0[key]?.all ?? [] } }

    func find(_ name: String, in key: UInt64) -> Interpreter? { sessions.withLock { $0[key]?.find(name) } }

    func current(_ language: Language, in key: UInt64) -> Interpreter? { sessions.withLock { $0[key]?.current(language) } }

    /// Takes a place for an interpreter, or finds the one that serves already. `make` only makes the value.
    func register(
        _ language: Language, name: String?, orUseLive: Bool, in key: UInt64, _ make: (String) -> Interpreter
    ) throws(ToolError) -> (interpreter: Interpreter, isNew: Bool, isFirstOfSession: Bool) {
        try sessions.withLock { sessions throws(ToolError) in
            let isFirst = sessions[key] == nil
            var interpreters = sessions[key] ?? SessionInterpreters()
            if orUseLive, let live = interpreters.current(language), live.lastWords == nil { return (live, false, false) }
            let interpreter = try interpreters.add(language, name: name, make)
            sessions[key] = interpreters
            return (interpreter, true, isFirst)
        }
    }

    func remove(_ interpreter: Interpreter, from key: UInt64) { sessions.withLock { $0[key]?.remove(interpreter) } }

    func forget(_ key: UInt64) { sessions.withLock { _ = $0.removeValue(forKey: key) } }
}
