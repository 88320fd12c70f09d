/// What a tree owns at one moment, to be compared with another: nothing may be left of what a test has done (S15).
package struct LedgerSnapshot: Sendable {
    /// One scope or resource.
    package struct Item: Sendable {
        /// "scope", or the name of a kind.
        package let kind: String
        /// Path of the scope, or of the one that owns it.
        package let path: String
        package let label: String
        /// "open" or "closing", of a scope; empty else.
        package let state: String
        /// Where it was opened; empty in release builds.
        package let site: String
        fileprivate let openedAt: Int64

        fileprivate init(_ scope: ScopeSnapshot) {
            kind = "scope"
            path = scope.path
            label = ""
            state = scope.state
            site = scope.site ?? ""
            openedAt = scope.openedAt
        }

        fileprivate init(_ entry: ScopeSnapshot.Entry, in scope: ScopeSnapshot) {
            kind = entry.kind
            path = scope.path
            label = entry.label
            state = ""
            site = entry.site ?? ""
            openedAt = entry.openedAt
        }

        fileprivate var key: String { "\(kind)\u{0}\(path)\u{0}\(label)" }

        var line: String {
            var line = path
            if kind != "scope" { line += ": \(kind)" + (label.isEmpty ? "" : " '\(label)'") }
            return site.isEmpty ? line : line + " opened at \(site)"
        }
    }

    /// In order of opening.
    package let items: [Item]
    package let totals: [Ledger.KindTotals]

    /// What there is more of than then (by kind, place and label: the youngest), and what was given up, pinned or has failed meanwhile.
    package func difference(from before: LedgerSnapshot) -> LedgerDifference {
        var known: [String: Int] = [:]
        for item in before.items { known[item.key, default: 0] += 1 }
        var more: [Item] = []
        for item in items {
            if let count = known[item.key], count > 0 { known[item.key] = count - 1 } else { more.append(item) }
        }
        let earlier = Dictionary(before.totals.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var changes: [LedgerDifference.Change] = []
        for total in totals {
            let then = earlier[total.name]
            let change = LedgerDifference.Change(
                kind: total.name, live: total.live - (then?.live ?? 0), abandoned: total.abandoned - (then?.abandoned ?? 0),
                pinned: total.pinnedNow - (then?.pinnedNow ?? 0), failed: total.failed - (then?.failed ?? 0))
            if !change.isNone { changes.append(change) }
        }
        return LedgerDifference(changes: changes, items: more)
    }
}

extension Scope {
    /// Everything in this scope and below, with the totals of the whole ledger.
    package func ledgerSnapshot() -> LedgerSnapshot {
        var items: [LedgerSnapshot.Item] = []
        var queue = [snapshot()]
        while let scope = queue.popLast() {
            if scope.isReference { continue }
            items.append(LedgerSnapshot.Item(scope))
            items += scope.resources.map { LedgerSnapshot.Item($0, in: scope) }
            queue += scope.children
        }
        return LedgerSnapshot(items: items.sorted { $0.openedAt < $1.openedAt }, totals: runtime.ledger.totals())
    }
}
