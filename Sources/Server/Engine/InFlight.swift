import MCP
import Scopes

/// Requests that can be cancelled by id: equal ids on different channels are different requests (row equal-ids-two-clients).
final class InFlight: Sendable {
    struct Key: Hashable, Sendable {
        /// The stdio connection or the legacy session that the id belongs to.
        let owner: UInt64
        let id: RequestID
    }

    private let calls = Lock<[Key: CallExchange]>([:])

    /// False when a request with this id is unanswered.
    func insert(_ key: Key, _ call: CallExchange) -> Bool {
        calls.withLock { calls in
            guard calls[key] == nil else { return false }
            calls[key] = call
            return true
        }
    }

    func find(_ key: Key) -> CallExchange? { calls.withLock { $0[key] } }

    func remove(_ key: Key) { _ = calls.withLock { $0.removeValue(forKey: key) } }

    var count: Int { calls.withLock { $0.count } }
}
