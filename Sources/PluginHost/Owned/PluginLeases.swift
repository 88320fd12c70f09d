internal import CAmbit
internal import Scopes

/// What a plugin shares, and its builds that wait for an answer.
final class PluginLeases: Sendable {
    let table: LeaseTable<LeaseItem>
    private let builds = Lock<(last: UInt64, open: [UInt64: LeaseBuild.Answer])>((0, [:]))

    /// Waits that are under way, by the name that the table gave them.
    private let waits = Lock<[UInt64: PluginLease.Wait]>([:])

    init(under scope: Scope) { table = LeaseTable(under: scope) }

    func open(_ answer: @escaping LeaseBuild.Answer) -> ambit_build {
        builds.withLock { builds in
            builds.last += 1
            builds.open[builds.last] = answer
            return builds.last
        }
    }

    /// False: there is no such build, or it was answered.
    @discardableResult
    func answer(_ build: ambit_build, _ result: Result<LeaseItem, LeaseError>) -> Bool {
        guard let answer = builds.withLock({ $0.open.removeValue(forKey: build) }) else { return false }
        answer(result)
        return true
    }

    func remember(_ wait: PluginLease.Wait, _ waiter: UInt64) {
        waits.withLock { $0[waiter] = wait }
        // It may have been done before it was known here.
        if wait.isOver { forget(wait) }
    }

    func wait(_ waiter: UInt64) -> PluginLease.Wait? { waits.withLock { $0[waiter] } }

    func forget(_ wait: PluginLease.Wait) {
        waits.withLock { waits in
            if let known = waits.first(where: { $0.value === wait }) { waits[known.key] = nil }
        }
    }
}
