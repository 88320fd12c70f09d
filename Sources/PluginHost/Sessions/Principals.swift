internal import Scopes

/// The accounts of principals (S14). One lives as long as something is charged to it; that of those without a name always.
final class Principals: Sendable {
    private struct Entry {
        weak var account: QuotaAccount?
    }

    private struct State {
        var entries: [String: Entry] = [:]
        /// When there are so many, those that nobody uses are dropped.
        var sweepAt = 64
    }
    private let state = Lock(State())
    private let nobody = QuotaAccount("everyone without a name", .principal)

    /// Those that are remembered.
    var count: Int { state.withLock { $0.entries.count } }

    /// Whoever is not authenticated shares one.
    func account(of principal: String) -> QuotaAccount {
        if principal.isEmpty { return nobody }
        return state.withLock { state in
            if let known = state.entries[principal]?.account { return known }
            if state.entries.count >= state.sweepAt {
                state.entries = state.entries.filter { $0.value.account != nil }
                state.sweepAt = max(64, state.entries.count * 2)
            }
            let made = QuotaAccount("principal \(principal)", .principal)
            state.entries[principal] = Entry(account: made)
            return made
        }
    }
}
