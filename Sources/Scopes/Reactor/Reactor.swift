internal import CLinux
internal import Glibc

/// One thread on one epoll: descriptors, timers and signals (S17). Nothing in the house polls.
///
/// Handlers run on this thread: they must be short and must not block.
package final class Reactor: Sendable {
    package struct Interest: OptionSet, Sendable {
        package let rawValue: UInt32
        package init(rawValue: UInt32) { self.rawValue = rawValue }
        package static let read = Interest(rawValue: AMBIT_LINUX_READABLE)
        package static let write = Interest(rawValue: AMBIT_LINUX_WRITABLE)
    }

    package struct Events: Sendable {
        package let readable: Bool
        package let writable: Bool
        /// The peer has hung up or the descriptor has failed; reading tells the rest.
        package let hungUp: Bool

        init(_ bits: UInt32) {
            readable = bits & AMBIT_LINUX_READABLE != 0
            writable = bits & AMBIT_LINUX_WRITABLE != 0
            hungUp = bits & (AMBIT_LINUX_HUNG_UP | AMBIT_LINUX_FAILED | AMBIT_LINUX_PEER_CLOSED) != 0
        }
    }

    /// Interest in one descriptor, one event at a time: `rearm` asks for the next. Does not own the descriptor, which must stay open
    /// until `cancel` is done.
    package final class Watch: Sendable {
        let descriptor: Int32
        let token: UInt64
        let handler: @Sendable (Events) -> Void
        unowned let reactor: Reactor

        init(_ descriptor: Int32, token: UInt64, reactor: Reactor, handler: @escaping @Sendable (Events) -> Void) {
            self.descriptor = descriptor
            self.token = token
            self.reactor = reactor
            self.handler = handler
        }

        /// Asks for the next event.
        package func rearm(_ events: Interest) {
            guard reactor.isWatching(self) else { return }
            _ = ambit_linux_epoll_modify(reactor.epoll, descriptor, events.rawValue | AMBIT_LINUX_ONE_SHOT, token)
        }

        /// No event is reported any more once `done` is called; then the descriptor may be closed.
        package func cancel(_ done: (@Sendable () -> Void)? = nil) { reactor.cancel(self, done) }
    }

    private struct State {
        var watches: [UInt64: Watch] = [:]
        var nextToken: UInt64 = 1
        var signals: [Int32: @Sendable () -> Void] = [:]
        var jobs: [@Sendable () -> Void] = []
        var stopping = false
        var ended = false
    }

    /// Signals that the server handles; blocked in all threads, read through a signalfd.
    private static let handledSignals: [Int32] = [SIGTERM, SIGINT, SIGHUP, SIGUSR1]

    fileprivate let epoll: Int32
    private let wakeup: Int32
    private let signals: Int32
    private let state = Lock(State())
    private let ended = Semaphore()
    package let timers: TimerQueue
    private static let current = ThreadLocal()

    /// How often the thread was woken: what tests count to see that nothing polls.
    package var rounds: Int { roundCount.withLock { $0 } }
    private let roundCount = Lock(0)

    private static let wakeupToken: UInt64 = .max
    private static let signalToken: UInt64 = .max - 1

    /// Call at the top of main, before the first thread exists: threads inherit the mask.
    package static func blockSignals() {
        _ = handledSignals.withUnsafeBufferPointer { ambit_linux_signals_block($0.baseAddress, $0.count) }
        _ = ambit_linux_ignore_sigpipe()
    }

    init(clock: @escaping @Sendable () -> Int64) {
        epoll = ambit_linux_epoll_create()
        let wakeup = ambit_linux_wakeup_create()
        self.wakeup = wakeup
        signals = Self.handledSignals.withUnsafeBufferPointer { ambit_linux_signals_open($0.baseAddress, $0.count) }
        precondition(epoll >= 0 && wakeup >= 0 && signals >= 0, "no descriptors left for the reactor")
        timers = TimerQueue(clock: clock) { _ = ambit_linux_wakeup_signal(wakeup) }
        _ = ambit_linux_epoll_add(epoll, wakeup, AMBIT_LINUX_READABLE, Self.wakeupToken)
        _ = ambit_linux_epoll_add(epoll, signals, AMBIT_LINUX_READABLE, Self.signalToken)
        startThread()
    }

    deinit {
        close(epoll)
        close(wakeup)
        close(signals)
    }

    /// Reports the next event of `descriptor`, which must be open and nonblocking. Nil when the kernel refuses it.
    package func watch(
        _ descriptor: Int32, _ events: Interest, _ handler: @escaping @Sendable (Events) -> Void
    ) -> Watch? {
        let watch = state.withLock { state -> Watch in
            let watch = Watch(descriptor, token: state.nextToken, reactor: self, handler: handler)
            state.nextToken += 1
            state.watches[watch.token] = watch
            return watch
        }
        let code = ambit_linux_epoll_add(epoll, descriptor, events.rawValue | AMBIT_LINUX_ONE_SHOT, watch.token)
        if code == 0 { return watch }
        state.withLock { _ = $0.watches.removeValue(forKey: watch.token) }
        return nil
    }

    /// How many descriptors are watched.
    package var watchCount: Int { state.withLock { $0.watches.count } }

    fileprivate func isWatching(_ watch: Watch) -> Bool { state.withLock { $0.watches[watch.token] != nil } }

    private func cancel(_ watch: Watch, _ done: (@Sendable () -> Void)?) {
        let removed = state.withLock { $0.watches.removeValue(forKey: watch.token) != nil }
        if removed { _ = ambit_linux_epoll_remove(epoll, watch.descriptor) }
        guard let done else { return }
        // The handler may be running: `done` follows on the reactor's thread, behind it.
        if isCurrent { done() } else { perform(done) }
    }

    /// Runs a job on the reactor's thread, soon; on the caller's when the reactor has ended.
    package func perform(_ job: @escaping @Sendable () -> Void) {
        let queued = state.withLock { state -> Bool in
            guard !state.ended else { return false }
            state.jobs.append(job)
            return true
        }
        if queued { _ = ambit_linux_wakeup_signal(wakeup) } else { job() }
    }

    /// Handles a signal (SIGTERM, SIGINT, SIGHUP, SIGUSR1) on the reactor's thread; replaces an earlier handler.
    package func onSignal(_ number: Int32, _ handler: @escaping @Sendable () -> Void) {
        state.withLock { $0.signals[number] = handler }
    }

    package var isCurrent: Bool { Self.current.value == UnsafeRawPointer(Unmanaged.passUnretained(self).toOpaque()) }

    /// Ends the thread, and waits for it unless called on it.
    func stop() {
        state.withLock { $0.stopping = true }
        _ = ambit_linux_wakeup_signal(wakeup)
        if !isCurrent { _ = ended.wait(nanoseconds: 1_000_000_000) }
    }

    private func startThread() {
        let box = Unmanaged.passRetained(self)
        var thread = ambit_linux_thread()
        let code = ambit_linux_thread_start(
            "ambit-reactor", 0, { Unmanaged<Reactor>.fromOpaque($0!).takeRetainedValue().main() }, box.toOpaque(),
            &thread)
        precondition(code == 0, "no thread left for the reactor")
        _ = ambit_linux_thread_detach(thread)
    }

    private func main() {
        Self.current.value = UnsafeRawPointer(Unmanaged.passUnretained(self).toOpaque())
        let capacity = 64
        let events = UnsafeMutablePointer<ambit_linux_event>.allocate(capacity: capacity)
        defer { events.deallocate() }
        while true {
            let timeout: Int64
            let now = Monotonic.now()
            if let deadline = timers.sleepDeadline(now: now) {
                timeout = max(0, deadline - now)
            } else {
                timeout = -1
            }
            let count = ambit_linux_epoll_wait(epoll, events, Int32(capacity), timeout)
            roundCount.withLock { $0 += 1 }
            for index in 0..<Int(max(0, count)) { dispatch(events[index]) }
            timers.fireDue(now: Monotonic.now())
            let (jobs, stop) = state.withLock { state -> ([@Sendable () -> Void], Bool) in
                defer { state.jobs = [] }
                if state.stopping { state.ended = true }
                return (state.jobs, state.stopping)
            }
            for job in jobs { job() }
            if stop { break }
        }
        ended.signal()
    }

    private func dispatch(_ event: ambit_linux_event) {
        switch event.token {
        case Self.wakeupToken: _ = ambit_linux_wakeup_drain(wakeup)
        case Self.signalToken:
            var signal = ambit_linux_signal()
            while ambit_linux_signals_read(signals, &signal) == 1 {
                let number = signal.number
                if let handler = state.withLock({ $0.signals[number] }) { handler() }
            }
        default:
            guard let watch = state.withLock({ $0.watches[event.token] }) else { return }
            watch.handler(Events(event.events))
        }
    }
}
