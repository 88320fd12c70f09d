internal import AmbitPlugin

/// The interpreters of one session, in the order in which they were opened. One that has ended is remembered until its name is taken again.
struct SessionInterpreters: Sendable {
    private(set) var all: [Interpreter] = []

    func find(_ name: String) -> Interpreter? { all.first { $0.name == name } }

    /// The one that serves a language where no other is named: the latest that lives, else the latest.
    func current(_ language: Language) -> Interpreter? {
        let those = all.filter { $0.language == language }
        return those.last { $0.lastWords == nil } ?? those.last
    }

    mutating func add(_ language: Language, name: String?, _ make: (String) -> Interpreter) throws(ToolError) -> Interpreter {
        let live = all.filter { $0.lastWords == nil }
        guard live.count < Limits.interpreters else {
            let names = live.map(\.name).joined(separator: ", ")
            throw ToolError("This session has \(live.count) interpreters already (\(names)): close one with repl_close.")
        }
        if let name, live.contains(where: { $0.name == name }) {
            throw ToolError("\"\(name)\" is open already: choose another name, or close it first with repl_close.")
        }
        var chosen = name ?? language.rawValue
        var number = 1
        while name == nil, live.contains(where: { $0.name == chosen }) {
            number += 1
            chosen = "\(language.rawValue)-\(number)"
        }
        all.removeAll { $0.name == chosen }
        // Of those that have ended, no more are remembered than may live.
        if all.count >= 2 * Limits.interpreters, let oldest = all.firstIndex(where: { $0.lastWords != nil }) { all.remove(at: oldest) }
        let interpreter = make(chosen)
        all.append(interpreter)
        return interpreter
    }

    mutating func remove(_ interpreter: Interpreter) { all.removeAll { $0 === interpreter } }
}
