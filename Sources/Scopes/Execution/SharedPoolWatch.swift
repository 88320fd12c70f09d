/// The heartbeat of Swift's shared pool (S21): the host does not need the pool, but code that blocks it stops every task that does.
///
/// Every `interval` it asks the pool to run a job; when that has not run after `limit`, the pool is blocked, which is told and counted
/// once for each blocking. Owns one timer of the runtime until `stop`.
package final class SharedPoolWatch: Sendable {
    /// The heartbeat as a pure machine.
    struct Heartbeat: Sendable, Equatable {
        enum Event: Sendable, Equatable { case due, beat, limitPassed, stopped }
        enum Action: Sendable, Equatable { case ask, tellBlocked, tellRecovered, none }

        private(set) var waiting = false
        private(set) var blocked = false
        private(set) var ended = false

        mutating func handle(_ event: Event) -> Action {
            if ended { return .none }
            switch event {
            case .due:
                if waiting { return .none }
                waiting = true
                return .ask
            case .beat:
                waiting = false
                guard blocked else { return .none }
                blocked = false
                return .tellRecovered
            case .limitPassed:
                guard waiting, !blocked else { return .none }
                blocked = true
                return .tellBlocked
            case .stopped:
                ended = true
                return .none
            }
        }
    }

    private struct State {
        var heartbeat = Heartbeat()
        var timer: TimerQueue.Entry?
    }

    private let runtime: Runtime
    private let interval: Int64
    private let limit: Int64
    private let ask: @Sendable (@escaping @Sendable () -> Void) -> Void
    private let changed: @Sendable (_ blocked: Bool) -> Void
    private let state = Lock(State())

    /// - Parameters:
    ///   - interval: nanoseconds between two questions; `limit`: how long an answer may take.
    ///   - ask: makes the pool run a job; tests give a pool of their own.
    ///   - changed: called on the host's executor when the pool is found blocked, and when it runs again.
    package init(
        _ runtime: Runtime, interval: Int64 = 10_000_000_000, limit: Int64 = 2_000_000_000,
        ask: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void = { job in
            // The one task of the house that belongs to nobody: it only says that the pool runs, and ends.
            Task.detached { job() }
        },
        changed: @escaping @Sendable (_ blocked: Bool) -> Void
    ) {
        self.runtime = runtime
        self.interval = interval
        self.limit = limit
        self.ask = ask
        self.changed = changed
    }

    package func start() { schedule(after: interval, .due) }

    package func stop() {
        let timer = state.withLock { state -> TimerQueue.Entry? in
            _ = state.heartbeat.handle(.stopped)
            return state.timer.take()
        }
        if let timer { runtime.timers.cancel(timer) }
    }

    private func schedule(after nanoseconds: Int64, _ event: Heartbeat.Event) {
        let entry = runtime.timers.schedule(after: nanoseconds, on: runtime.executor) { [self] in
            handle(event)
            let next = state.withLock { state -> (Int64, Heartbeat.Event)? in
                if state.heartbeat.ended { return nil }
                return event == .due ? (limit, .limitPassed) : (max(0, interval - limit), .due)
            }
            if let next { schedule(after: next.0, next.1) }
        }
        let ended = state.withLock { state -> Bool in
            state.timer = entry
            return state.heartbeat.ended
        }
        if ended { runtime.timers.cancel(entry) }
    }

    private func handle(_ event: Heartbeat.Event) {
        switch state.withLock({ $0.heartbeat.handle(event) }) {
        case .ask: ask { [self] in handle(.beat) }
        case .tellBlocked:
            runtime.ledger.count("sharedPool.blocked")
            runtime.executor.post { [self] in changed(true) }
        case .tellRecovered: runtime.executor.post { [self] in changed(false) }
        case .none: break
        }
    }
}
