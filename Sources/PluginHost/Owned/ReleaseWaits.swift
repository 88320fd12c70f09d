internal import CAmbit
internal import Scopes
internal import Synchronization

/// Those who wait until `destroyed` of a registration has returned (S16). Costs an atomic load where nobody waits.
final class ReleaseWaits: Sendable {
    private let count = Atomic<Int>(0)
    private let latches = Lock<[ambit_handle: [Latch]]>([:])

    /// Ends what `handle` names with `end` and waits for `ended`.
    ///
    /// - Returns: false when the time is up; it goes on ending.
    func wait(for handle: ambit_handle, nanoseconds: Int64, end: () throws(Refusal) -> Void) throws(Refusal) -> Bool {
        let latch = Latch()
        // Before it can end.
        count.wrappingAdd(1, ordering: .sequentiallyConsistent)
        latches.withLock { $0[handle, default: []].append(latch) }
        defer {
            latches.withLock { latches in
                latches[handle]?.removeAll { $0 === latch }
                if latches[handle]?.isEmpty == true { latches[handle] = nil }
            }
            count.wrappingSubtract(1, ordering: .sequentiallyConsistent)
        }
        try end()
        return latch.wait(nanoseconds: nanoseconds)
    }

    /// Its last invocation and `destroyed` have returned.
    func ended(_ handle: ambit_handle) {
        guard count.load(ordering: .sequentiallyConsistent) > 0 else { return }
        for latch in latches.withLock({ $0[handle] ?? [] }) { latch.open() }
    }
}
