private import Synchronization

/// What the tree stands on: a clock, the reactor with its timers, the host's executor, the ledger. One per server.
///
/// Owns its threads until `stop`.
package final class Runtime: Sendable {
    package let timers: TimerQueue
    /// Nil with a manual clock.
    package let reactor: Reactor?
    package let executor: ThreadExecutor
    package let ledger: Ledger
    /// Reply slots by their names.
    package let replies: Replies
    /// Threads for the host's own work on the file system, which may block.
    package let disk = BlockingPool(name: "ambit-disk", threads: 2, queue: 4096)
    package let heap = HeapTrim()
    private let manualClock: ManualClock?
    private struct Hooks {
        var abandonment: (@Sendable ([Abandonment]) -> Void)?
        var promotion: (@Sendable (Promotion) -> Void)?
        var forgotten: (@Sendable (Forgotten) -> Void)?
    }
    private let hooks = Lock(Hooks())
    #if DEBUG
        let roots = Lock(Roots())
    #endif

    private final class ManualClock: Sendable {
        let now = Atomic<Int64>(1_000_000_000)
        /// Told of a timer that is earlier than all others.
        let wake = Lock<(@Sendable () -> Void)?>(nil)
    }

    /// With the machine's clock; starts the reactor's thread.
    package init(executorThreads: Int = 2) {
        ledger = Ledger()
        replies = Replies(ledger)
        let reactor = Reactor(clock: { Monotonic.now() })
        self.reactor = reactor
        timers = reactor.timers
        executor = ThreadExecutor(name: "ambit-host", threads: executorThreads)
        manualClock = nil
    }

    private init(clock: ManualClock) {
        ledger = Ledger()
        replies = Replies(ledger)
        reactor = nil
        timers = TimerQueue(clock: { clock.now.load(ordering: .acquiring) }, wake: { clock.wake.withLock { $0 }?() })
        executor = ThreadExecutor(name: "ambit-host", threads: 2)
        manualClock = clock
        clock.wake.withLock { $0 = { [weak self] in self?.fireLate() } }
    }

    /// For tests: time stands still until `advance`.
    package static func manual() -> Runtime { Runtime(clock: ManualClock()) }

    /// CLOCK_MONOTONIC in nanoseconds, or the manual clock's time.
    package var now: Int64 { manualClock?.now.load(ordering: .acquiring) ?? Monotonic.now() }

    /// Moves the manual clock and fires on the way, in order, what becomes due.
    package func advance(by nanoseconds: Int64) {
        guard let manualClock else { preconditionFailure("advance needs a manual clock") }
        let target = manualClock.now.load(ordering: .acquiring) + nanoseconds
        while let deadline = timers.firstDeadline(), deadline <= target {
            let now = manualClock.now.load(ordering: .acquiring)
            manualClock.now.store(max(now, deadline), ordering: .releasing)
            timers.fireDue(now: max(now, deadline))
        }
        manualClock.now.store(target, ordering: .releasing)
        // What another thread has started meanwhile, when the clock said less.
        repeat { timers.fireDue(now: target) } while timers.sleepDeadline(now: target) ?? .max <= target
    }

    /// A timer whose instant has passed before it was started, fires all the same, as it does with the machine's clock.
    private func fireLate() {
        guard timers.firstDeadline() ?? .max <= now else { return }
        executor.post { [self] in timers.fireDue(now: now) }
    }

    /// Sets what is told of abandoned entries (S9), on the host's executor: those of one scope that are given up at one moment come together,
    /// and there may be thousands of them.
    package func onAbandon(_ body: @escaping @Sendable ([Abandonment]) -> Void) {
        hooks.withLock { $0.abandonment = body }
    }

    /// Sets what is told of each promotion (S11), on the host's executor.
    package func onPromote(_ body: @escaping @Sendable (Promotion) -> Void) {
        hooks.withLock { $0.promotion = body }
    }

    /// Sets what is told of each scope and resource that was never closed (S20), at once: when a root is let go, or at `stop`. Only debug
    /// builds call it.
    package func onForgotten(_ body: @escaping @Sendable (Forgotten) -> Void) {
        hooks.withLock { $0.forgotten = body }
    }

    func reportAbandonments(_ abandonments: [Abandonment]) {
        guard !abandonments.isEmpty, let hook = hooks.withLock({ $0.abandonment }) else { return }
        executor.post { hook(abandonments) }
    }

    func reportPromotion(_ promotion: Promotion) {
        ledger.count("promoted")
        guard let hook = hooks.withLock({ $0.promotion }) else { return }
        executor.post { hook(promotion) }
    }

    func reportForgotten(_ forgotten: Forgotten) {
        ledger.count("forgotten")
        hooks.withLock { $0.forgotten }?(forgotten)
    }

    /// Comes last, after the root scope was closed: ends reactor and executor.
    package func stop() {
        #if DEBUG
            reportForgottenTrees()
        #endif
        reactor?.stop()
        executor.stop()
        disk.stop()
    }
}
