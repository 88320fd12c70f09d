import MCP
import Scopes

/// Calls that wait for the next request of their client (A12), by the name of their suspension. Bounded for all and for each principal, in number
/// and bytes; what was redeemed is remembered until it would have expired, so that nothing is redeemed twice.
package final class SuspendedCalls: Sendable {
    package struct Limits: Sendable {
        package var all = 1024
        package var perPrincipal = 128
        /// Of what they hold of their requests, and of their questions.
        package var bytes = 64 << 20
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
        /// The same, and it may not begin anew now: nothing was redeemed.
        case refused
    }

    fileprivate struct State {
        var calls: [String: (call: CallExchange, bytes: Int)] = [:]
        var shares: KeptShares
        /// With the instant, on the runtime's clock, from which on its state is refused anyway.
        var spent: [String: Int64] = [:]
        /// In the order of spending.
        var order: [String] = []
    }

    let limits: Limits
    private let state: Lock<State>

    init(_ limits: Limits) {
        self.limits = limits
        state = Lock(State(shares: KeptShares(all: limits.all, perPrincipal: limits.perPrincipal, bytes: limits.bytes)))
    }

    var count: Int { state.withLock { $0.calls.count } }

    /// Why no more may be suspended; nil: it is.
    ///
    /// - Parameter bytes: what it takes while it waits.
    func insert(_ call: CallExchange, as id: String, of principal: String, bytes: Int) -> AskRefusal? {
        state.withLock { state in
            if let excess = state.shares.take(bytes, of: principal) { return .tooMany(Self.limit(excess).text) }
            state.calls[id] = (call, bytes)
            return nil
        }
    }

    /// One of them takes so many bytes more while it waits; not nil: that is too much. One that does not wait any more takes none.
    func grow(_ id: String, by bytes: Int, of principal: String) -> ReachedLimit? {
        state.withLock { state in
            guard state.calls[id] != nil else { return nil }
            if let excess = state.shares.grow(bytes, of: principal) { return Self.limit(excess) }
            state.calls[id]?.bytes += bytes
            return nil
        }
    }

    private static func limit(_ excess: KeptShares.Excess) -> ReachedLimit {
        excess.limit("calls that wait for their clients", setting: "max-suspended-calls")
    }

    /// - Parameter begins: asked once where the call is gone: whether another one may begin in its place now.
    func redeem(_ id: String, now: Int64, principal: String, begins: () -> Bool) -> Redemption {
        state.withLock { state in
            while let first = state.order.first, let until = state.spent[first], until < now {
                state.spent[first] = nil
                state.order.removeFirst()
            }
            if state.spent[id] != nil { return .spent }
            let call = state.take(id, principal)
            // Also of one that is not here: it may be run again, but once. Where no more can be remembered, it may not.
            guard state.order.count < 4 * limits.all else { return call.map { .call($0) } ?? .spent }
            guard call != nil || begins() else { return .refused }
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
        guard let (call, bytes) = calls.removeValue(forKey: id) else { return nil }
        shares.giveBack(bytes, of: principal)
        return call
    }
}
