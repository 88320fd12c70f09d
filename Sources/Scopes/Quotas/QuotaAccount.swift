internal import Synchronization

/// What one owner (a plugin, a principal, a session) has now, against its limits (S14).
///
/// Attached to a scope when that is opened, and inherited by everything below. Charged before anything is linked; given back when it has
/// ended, so what was abandoned or pinned keeps counting (S9). Atomics only: a refusal is exact, no two threads share the last place.
package final class QuotaAccount: Sendable {
    /// For errors: "plugin clock", "principal x".
    package let owner: String
    package let limits: QuotaLimits
    /// Resources, scopes, then each limited kind. Allocated for the life of the account; cells are atomics.
    private nonisolated(unsafe) let cells: UnsafeMutablePointer<Atomic<Int>>
    private var count: Int { limits.kinds.count + 2 }

    package init(_ owner: String, _ limits: QuotaLimits) {
        self.owner = owner
        self.limits = limits
        cells = .allocate(capacity: limits.kinds.count + 2)
        for index in 0..<limits.kinds.count + 2 { (cells + index).initialize(to: Atomic(0)) }
    }

    deinit {
        cells.deinitialize(count: count)
        cells.deallocate()
    }

    /// What exists now.
    package var resources: Int { cells[0].load(ordering: .relaxed) }
    package var scopes: Int { cells[1].load(ordering: .relaxed) }

    /// What exists now of a limited kind; 0 for others.
    package func used(_ kind: Kind) -> Int {
        limits.place(of: kind).map { cells[$0 + 2].load(ordering: .relaxed) } ?? 0
    }

    func charge(_ kind: Kind) -> OverQuota? {
        guard take(0, limits.resources) else { return OverQuota(quota: "resources", limit: limits.resources, owner: owner) }
        guard let place = limits.place(of: kind) else { return nil }
        let most = limits.kinds[place].most
        guard take(place + 2, most) else {
            giveBack(0)
            return OverQuota(quota: kind.name, limit: most, owner: owner)
        }
        return nil
    }

    func refund(_ kind: Kind) {
        if let place = limits.place(of: kind) { giveBack(place + 2) }
        giveBack(0)
    }

    func chargeScope() -> OverQuota? {
        take(1, limits.scopes) ? nil : OverQuota(quota: "scopes", limit: limits.scopes, owner: owner)
    }

    func refundScope() { giveBack(1) }

    private func take(_ index: Int, _ most: Int) -> Bool {
        var now = cells[index].load(ordering: .relaxed)
        while now < most {
            let (exchanged, original) = cells[index].weakCompareExchange(expected: now, desired: now + 1, ordering: .relaxed)
            if exchanged { return true }
            now = original
        }
        return false
    }

    private func giveBack(_ index: Int) { cells[index].wrappingSubtract(1, ordering: .relaxed) }
}
