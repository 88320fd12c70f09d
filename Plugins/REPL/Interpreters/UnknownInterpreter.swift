/// Nothing of that name is open in this session.
struct UnknownInterpreter: Error, CustomStringConvertible {
    let description: String

    init(_ asked: String, _ known: [Interpreter]) {
        let names = known.map(\.name).joined(separator: ", ")
        description =
            "No interpreter \"\(asked)\" is open in this session"
            + (names.isEmpty ? "; none is. repl_open opens one, and so does repl_eval with \"language\"." : ". Open here: \(names).")
    }
}
