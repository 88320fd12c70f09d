import Scopes

/// The requests of a line stream that were read and not answered yet, and who waits until there is none.
final class Unanswered: Sendable {
    private struct State {
        var count = 0
        var waiter: (@Sendable () -> Void)?
    }
    private let state = Lock(State())

    func add() { state.withLock { $0.count += 1 } }

    func subtract() {
        let waiter = state.withLock { state -> (@Sendable () -> Void)? in
            state.count -= 1
            guard state.count == 0 else { return nil }
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?()
    }

    /// Calls `done` once when all are answered; at once when they are. One waiter; call when nothing is read any more.
    func whenNone(_ done: @escaping @Sendable () -> Void) {
        let now = state.withLock { state -> Bool in
            if state.count > 0 { state.waiter = done }
            return state.count == 0
        }
        if now { done() }
    }
}
