/// The kind timer: once or periodic; ticks never pile up, those missed while one runs are counted.
public final class ScopeTimer: Resource, @unchecked Sendable {  // state is behind its lock
    private struct State {
        var entry: TimerQueue.Entry?
        var due: Int64
        var missed: UInt64 = 0
        var firing = false
        var cancelled = false
        var destroyed: (@Sendable () -> Void)?
    }

    private let period: Int64
    private let executor: ThreadExecutor
    private let fire: @Sendable (_ missed: UInt64) -> Void
    private let state: Lock<State>

    init(
        label: String, due: Int64, period: Int64, executor: ThreadExecutor,
        fire: @escaping @Sendable (_ missed: UInt64) -> Void, destroyed: (@Sendable () -> Void)?
    ) {
        self.period = period
        self.executor = executor
        self.fire = fire
        state = Lock(State(due: due, destroyed: destroyed))
        super.init(.timer, label: label)
    }

    func arm() {
        guard let scope else { return }
        let due = state.withLock { $0.due }
        let entry = scope.runtime.timers.schedule(at: due, on: executor) { [self] in tick() }
        let late = state.withLock { state -> Bool in
            if state.cancelled { return true }
            // It may have fired already; cancelling a fired entry does nothing.
            state.entry = entry
            return false
        }
        if late, scope.runtime.timers.cancel(entry) { finish() }
    }

    private func tick() {
        guard let scope else { return }
        let missed = state.withLock { state -> UInt64? in
            guard !state.cancelled else { return nil }
            state.firing = true
            defer { state.missed = 0 }
            return state.missed
        }
        if let missed { fire(missed) }
        let again = state.withLock { state -> Bool in
            state.firing = false
            guard !state.cancelled, period > 0 else { return false }
            let now = scope.runtime.now
            state.due += period
            if state.due <= now {
                let skipped = (now - state.due) / period + 1
                state.missed += UInt64(skipped)
                state.due += skipped * period
            }
            return true
        }
        if again { arm() } else { finish() }
    }

    /// No tick begins after this; it ends at once, or when the running tick returns.
    package func stop() {
        if Fault.isOn("callback-after-scope-end") { return finish() }
        let entry = state.withLock { state -> TimerQueue.Entry? in
            guard !state.cancelled else { return nil }
            state.cancelled = true
            return state.entry.take()
        }
        if let entry, let scope, scope.runtime.timers.cancel(entry) { finish() }
    }

    public override func cancel(_ reason: Reason) { stop() }

    private func finish() {
        let destroyed = state.withLock { $0.destroyed.take() }
        ended()
        destroyed?()
    }
}

extension Scope {
    /// Starts a timer that ticks on `executor` after `after` nanoseconds, then every `every` (0: once).
    ///
    /// - Parameter ended: called once after the last tick (S16).
    package func timer(
        _ label: String, after: Int64, every: Int64 = 0, on executor: ThreadExecutor,
        file: StaticString = #fileID, line: UInt = #line,
        fire: @escaping @Sendable (_ missed: UInt64) -> Void, ended: (@Sendable () -> Void)? = nil
    ) throws(AcquireError) -> ScopeTimer {
        let (due, overflow) = runtime.now.addingReportingOverflow(max(0, after))
        let timer = ScopeTimer(
            label: label, due: overflow ? .max : due, period: max(0, every), executor: executor, fire: fire,
            destroyed: ended)
        try add(timer, file: file, line: line)
        timer.arm()
        return timer
    }
}
