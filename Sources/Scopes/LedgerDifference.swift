/// How two snapshots differ. Empty: nothing is left, nothing was given up, nothing has failed.
package struct LedgerDifference: Sendable, CustomStringConvertible {
    package struct Change: Sendable, Equatable {
        package let kind: String
        /// More (or fewer) that exist. What was given up is not among them.
        package let live: Int
        package let abandoned: Int
        package let pinned: Int
        package let failed: Int

        var isNone: Bool { live == 0 && abandoned == 0 && pinned == 0 && failed == 0 }
    }

    package let changes: [Change]
    /// What is there now and was not then.
    package let items: [LedgerSnapshot.Item]

    /// Nothing more than before; less is no leak.
    package var isEmpty: Bool { changes.allSatisfy { $0.live <= 0 && $0.abandoned <= 0 && $0.pinned <= 0 && $0.failed <= 0 } }

    /// For people: "2 more tasks:", then a line for each.
    package var description: String {
        var lines: [String] = []
        for change in changes {
            var facts: [String] = []
            if change.live > 0 { facts.append("\(change.live) more \(Self.plural(change.kind, change.live))") }
            if change.abandoned > 0 { facts.append("\(change.abandoned) \(Self.plural(change.kind, change.abandoned)) abandoned") }
            if change.pinned > 0 { facts.append("\(change.pinned) \(Self.plural(change.kind, change.pinned)) pinned") }
            if change.failed > 0 { facts.append("\(change.failed) \(Self.plural(change.kind, change.failed)) failed to end") }
            if facts.isEmpty { continue }
            let named = items.filter { $0.kind == change.kind }
            lines.append(facts.joined(separator: ", ") + (named.isEmpty ? "" : ":"))
            lines += named.prefix(32).map { "  \($0.line)" }
        }
        return lines.isEmpty ? "nothing is left" : lines.joined(separator: "\n")
    }

    private static func plural(_ kind: String, _ count: Int) -> String {
        if count == 1 { return kind }
        if kind.hasSuffix("y") { return kind.dropLast() + "ies" }
        return kind + (kind.hasSuffix("s") ? "es" : "s")
    }
}
