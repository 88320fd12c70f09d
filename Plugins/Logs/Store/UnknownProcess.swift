/// Nothing of that name is to be seen from here.
struct UnknownProcess: Error, Equatable, CustomStringConvertible {
    let asked: String
    /// Those that the caller may see, nearest first.
    let known: [String]
    let hasSession: Bool

    static let longestList = 10

    var description: String {
        var text = "Unknown process \"\(asked)\"."
        if known.isEmpty {
            text += " No process is known\(hasSession ? " in this session" : "")."
        } else {
            let shown = known.prefix(Self.longestList).joined(separator: ", ")
            let rest = known.count - min(known.count, Self.longestList)
            text += " Known here: \(shown)\(rest > 0 ? " and \(rest) more (see process_list)" : "")."
        }
        if !hasSession { text += " A process that belongs to a session is found with that session's handle as \"session\"." }
        return text
    }
}
