/// What a plugin left behind: each finding a line, then the scopes as they are.
public struct LeakReport: Error, Equatable, Sendable, CustomStringConvertible {
    public let findings: [String]
    /// The scope tree; empty where all scopes are closed.
    public let tree: String

    init(_ findings: [String], tree: String) {
        self.findings = findings
        self.tree = tree
    }

    public var description: String {
        var text = findings.count == 1 ? "one thing was left behind:" : "\(findings.count) things were left behind:"
        for finding in findings { text += "\n  - \(finding)" }
        if !tree.isEmpty {
            text += "\nthe scopes now:"
            for line in tree.split(separator: "\n") { text += "\n  \(line)" }
        }
        return text
    }
}
