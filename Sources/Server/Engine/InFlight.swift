import MCP
import Scopes

/// Requests that can be cancelled by id: equal ids on different channels are different requests (row equal-ids-two-clients).
final class InFlight: Sendable {
    struct Key: Hashable, Sendable {
        /// The stdio connection or the legacy session that the id belongs to.
        let owner: UInt64
        let id: RequestID
    }

    private enum Entry {
        /// It waits until the plugins are loaded; `cancelled`: its client has taken it back meanwhile.
        case expected(cancelled: Bool)
        case begun(any RequestUnderWay)
    }

    private let entries = Lock<[Key: Entry]>([:])

    /// A request that can't begin yet, but can be cancelled (row cancel-before-handler-registered). False when one with this id is
    /// unanswered.
    func expect(_ key: Key) -> Bool {
        entries.withLock { entries in
            guard entries[key] == nil else { return false }
            entries[key] = .expected(cancelled: false)
            return true
        }
    }

    /// It can begin now; false when it was cancelled.
    func arrived(_ key: Key) -> Bool {
        entries.withLock { entries in
            guard case .expected(let cancelled) = entries[key] else { return true }
            entries[key] = nil
            return !cancelled
        }
    }

    /// Whether a request with this id is unanswered.
    func has(_ key: Key) -> Bool { entries.withLock { $0[key] != nil } }

    /// False when a request with this id is unanswered.
    func insert(_ key: Key, _ request: any RequestUnderWay) -> Bool {
        entries.withLock { entries in
            guard entries[key] == nil else { return false }
            entries[key] = .begun(request)
            return true
        }
    }

    /// `notifications/cancelled`; a request that has been answered is none of its business.
    func cancel(_ key: Key, _ why: String?) {
        let request = entries.withLock { entries -> (any RequestUnderWay)? in
            switch entries[key] {
            case .begun(let request): return request
            case .expected where !Fault.isOn("cancel-before-handler-registered"):
                entries[key] = .expected(cancelled: true)
                return nil
            case .expected, nil: return nil
            }
        }
        request?.cancelled(why)
    }

    /// The call with this id.
    func find(_ key: Key) -> CallExchange? {
        guard case .begun(let request) = entries.withLock({ $0[key] }) else { return nil }
        return request as? CallExchange
    }

    func remove(_ key: Key) { _ = entries.withLock { $0.removeValue(forKey: key) } }

    var count: Int { entries.withLock { $0.count } }
}
