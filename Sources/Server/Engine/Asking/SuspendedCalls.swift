import MCP
import Scopes

/// Calls that wait for the next request of their client (A12), by the name of their suspension. Bounded for all and for each principal; what was
/// redeemed is remembered until it would have expired, so that nothing is redeemed twice.
package final class SuspendedCalls: Sendable {
    package struct Limits: Sendable {
        package var all = 1024
        package var perPrincipal = 128
        /// How long a client may take, nanoseconds.
        package var patience: Int64 = 300_000_000_000

        package init() {}
    }

    enum Redemption {
        case call(CallExchange)
        /// It was redeemed before.
        case spent
        /// Not here (any more): timed out, or of another process.
        case gone
    }

    fileprivate struct State {
        var calls: [String: CallExchange] = [:]
        var byPrincipal: [String: Int] = [:]
        /// With the instant, on the runtime's clock, from which on its state is refused anyway.
        var spent: [String: Int64] = [:]
        /// In the order of spending.
        var order: [String] = []
    }

    let limits: Limits
    private let state = Lock(State())

    init(_ limits: Limits) { self.limits = limits }

    var count: Int { state.withLock { $0.calls.count } }

    /// Why no more may be suspended; nil: it is.
    func insert(_ call: CallExchange, as id: String, of principal: String) -> AskRefusal? {
        state.withLock { state in
            guard state.calls.count < limits.all else {
                return .tooMany("\(limits.all) calls wait for their clients already, which is the limit")
            }
            guard principal.isEmpty || state.byPrincipal[principal, default: 0] < limits.perPrincipal else {
                return .tooMany("\(limits.perPrincipal) calls of this client wait for it already, which is the limit")
            }
            state.calls[id] = call
            state.byPrincipal[principal, default: 0] += 1
            return nil
        }
    }

    func redeem(_ id: String, now: Int64, principal: String) -> Redemption {
        state.withLock { state in
            while let first = state.order.first, let until = state.spent[first], until < now {
                state.spent[first] = nil
                state.order.removeFirst()
            }
            if state.spent[id] != nil { return .spent }
            let call = state.take(id, principal)
            // Also of one that is not here: it may be run again, but once. Where no more can be remembered, it may not.
            guard state.order.count < 4 * limits.all else { return call.map { .call($0) } ?? .spent }
            state.spent[id] = now + limits.patience
            state.order.append(id)
            return call.map { .call($0) } ?? .gone
        }
    }

    /// It does not wait any more.
    func remove(_ id: String, of principal: String) { _ = state.withLock { $0.take(id, principal) } }
}

extension SuspendedCalls.State {
    fileprivate mutating func take(_ id: String, _ principal: String) -> CallExchange? {
        guard let call = calls.removeValue(forKey: id) else { return nil }
        let left = byPrincipal[principal, default: 1] - 1
        byPrincipal[principal] = left > 0 ? left : nil
        return call
    }
}
