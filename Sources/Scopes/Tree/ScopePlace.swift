/// Where a scope stands in the tree, as a value: whoever reads the path pays for its text.
struct ScopePlace: Sendable {
    /// The path of its owner with the slash behind it; empty for a root.
    let owners: String
    let level: Scope.Level
    let label: String
    let id: UInt64

    var path: String { owners + name }

    /// Its own part of the path.
    var name: String {
        switch level {
        case .server, .custom: label.isEmpty ? "scope \(id)" : label
        case .use: label
        default: label.isEmpty ? level.name + " \(id)" : level.name + " " + label
        }
    }
}
