internal import Scopes

/// Calls of what may be withdrawn while its plugin stays: what its context is kept for (S16).
final class HandlerUses: Sendable {
    private struct State: Sendable {
        var calls = 0
        var isWithdrawn = false
        var whenIdle: (@Sendable () -> Void)?
    }
    private let state = Lock(State())

    /// One more call, until `leave`; false when it was withdrawn.
    func enter() -> Bool {
        state.withLock { state in
            guard !state.isWithdrawn else { return false }
            state.calls += 1
            return true
        }
    }

    func leave() {
        let idle = state.withLock { state -> (@Sendable () -> Void)? in
            state.calls -= 1
            return state.calls == 0 ? state.whenIdle.take() : nil
        }
        idle?()
    }

    /// No call begins after this; `body` runs once when the last one has ended. The first withdrawal counts.
    func withdraw(_ body: @escaping @Sendable () -> Void) {
        let isIdle = state.withLock { state -> Bool in
            guard !state.isWithdrawn else { return false }
            state.isWithdrawn = true
            if state.calls > 0 { state.whenIdle = body }
            return state.calls == 0
        }
        if isIdle { body() }
    }
}
