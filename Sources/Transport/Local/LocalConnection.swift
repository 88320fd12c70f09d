import CLinux
import Glibc
import Scopes

/// One client of a local server: a line in, lines out, then the end.
///
/// Any thread puts lines into its bounded queue; the reactor's thread reads, writes and closes. A client that sends no request within its
/// deadline, or takes nothing for the write deadline, is closed and counted.
final class LocalConnection: Resource, LineReply, @unchecked Sendable {  // the lock guards `shared`; the rest lives on the reactor's thread
    fileprivate struct Shared {
        var queue: SendQueue
        /// The last line is in the queue, or nobody is there to read it.
        var isFinished = false
        /// The reactor's thread knows that there is work.
        var isScheduled = false
        var isCancelled = false
        var onCancel: (@Sendable () -> Void)?
        var waiters: [@Sendable (Bool) -> Void] = []
    }

    private let descriptor: Int32
    private let reactor: Reactor
    private let runtime: Runtime
    private let service: any LineService
    private let limits: LocalLimits
    private let gauges: TransportGauges
    private let shared: Lock<Shared>

    private var machine = LocalConnectionState()
    private var splitter: LineSplitter
    private var watch: Reactor.Watch?
    /// Taken from the queue, not yet written.
    private var rest: [UInt8] = []
    private var offset = 0
    private var stall: StallWatch
    private var written: Int64 = 0
    /// Of the phase.
    private var deadline: Int64?
    private var timer: TimerQueue.Entry?
    private var armedFor = Int64.max

    /// Written at most in one go, so that one client does not keep the reactor from others.
    private static let turn = 256 << 10

    /// - Parameters:
    ///   - descriptor: nonblocking; its own from here on.
    ///   - gauges: have counted it already.
    init(
        _ descriptor: Int32, label: String, runtime: Runtime, reactor: Reactor, service: any LineService, limits: LocalLimits,
        gauges: TransportGauges
    ) {
        self.descriptor = descriptor
        self.runtime = runtime
        self.reactor = reactor
        self.service = service
        self.limits = limits
        self.gauges = gauges
        shared = Lock(Shared(queue: SendQueue(maxItems: limits.queueItems, maxBytes: limits.queueBytes)))
        splitter = LineSplitter(limit: limits.lineBytes)
        stall = StallWatch(limit: limits.writeDeadline)
        super.init(.control, label: label)
    }

    /// Begins to read. On the reactor's thread, once it is linked.
    func start() {
        // The scope may have begun to close between the two.
        guard machine.phase != .closed else { return }
        deadline = runtime.now + limits.requestDeadline
        watch = reactor.watch(descriptor, .read) { self.ready($0) }
        guard watch != nil else { return handle(.broken) }
        arm()
    }

    // MARK: any thread

    func send(_ line: [UInt8]) -> SendStatus {
        let (status, wake) = shared.withLock { shared -> (SendStatus, Bool) in
            guard !shared.isFinished else { return (.closed, false) }
            guard shared.queue.offer(line) else { return (.full, false) }
            gauges.queuedBytes.add(line.count)
            return (.queued, shared.schedule())
        }
        if wake { reactor.perform { self.pump() } }
        return status
    }

    func finish(_ line: [UInt8]) {
        let (wake, waiters) = shared.withLock { shared -> (Bool, [@Sendable (Bool) -> Void]) in
            guard !shared.isFinished else { return (false, []) }
            shared.isFinished = true
            shared.onCancel = nil
            shared.queue.append(line)
            gauges.queuedBytes.add(line.count)
            defer { shared.waiters = [] }
            return (shared.schedule(), shared.waiters)
        }
        tell(waiters, false)
        if wake { reactor.perform { self.pump() } }
    }

    func whenWritable(_ ready: @escaping @Sendable (Bool) -> Void) {
        let now = shared.withLock { shared -> Bool? in
            if shared.isFinished { return false }
            if shared.queue.hasRoom { return true }
            shared.waiters.append(ready)
            return nil
        }
        if let now { tell([ready], now) }
    }

    func onCancel(_ handler: @escaping @Sendable () -> Void) {
        let already = shared.withLock { shared -> Bool in
            guard !shared.isFinished || shared.isCancelled else { return false }
            if !shared.isCancelled { shared.onCancel = handler }
            return shared.isCancelled
        }
        if already { runtime.executor.post(handler) }
    }

    private func tell(_ waiters: [@Sendable (Bool) -> Void], _ isOpen: Bool) {
        guard !waiters.isEmpty else { return }
        runtime.executor.post { for waiter in waiters { waiter(isOpen) } }
    }

    // MARK: the tree

    override func cancel(_ reason: Reason) { reactor.perform { self.handle(.stop) } }
    override func force(_ reason: Reason) { reactor.perform { self.handle(.force) } }
    override func abandoned(_ reason: Reason) { reactor.perform { self.handle(.force) } }

    // MARK: the reactor's thread

    private func ready(_ events: Reactor.Events) {
        if isReading {
            if events.readable || events.hungUp { read() }
        } else if events.hungUp {
            // Both directions are closed: nobody is there to read what waits.
            handle(.broken)
        }
        if events.writable { pump() }
        rearm()
    }

    private var isReading: Bool { machine.phase == .reading || machine.phase == .serving }

    private func rearm() {
        guard let watch else { return }
        // The end of the input is read once; after that only room to write is waited for.
        var interest: Reactor.Interest = isReading ? .read : []
        if !rest.isEmpty { interest.insert(.write) }
        watch.rearm(interest)
    }

    private func read() {
        let (count, pieces) = withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 16) { buffer -> (Int, [LineSplitter.Piece]) in
            let count = ambit_linux_read(descriptor, buffer.baseAddress!, buffer.count)
            var pieces: [LineSplitter.Piece] = []
            if count > 0 { splitter.feed(UnsafeRawBufferPointer(rebasing: buffer[..<count])) { pieces.append($0) } }
            return (count, pieces)
        }
        if count == -Int(EAGAIN) { return }
        guard count >= 0 else { return handle(.broken) }
        guard count > 0 else { return handle(.endOfInput) }
        for piece in pieces { took(piece) }
    }

    private func took(_ piece: LineSplitter.Piece) {
        guard machine.phase == .reading else { return handle(.excess) }
        switch piece {
        case .line(let line):
            guard gauges.queuedBytes.value < limits.allBytes else { return refuse(.busy) }
            deadline = nil
            guard machine.handle(.requestRead) == .serve else { return }
            let service = self.service
            runtime.executor.post { service.serve(line, reply: self) }
        case .tooLong: refuse(.tooLong(limits.lineBytes))
        }
    }

    private func refuse(_ why: LineRefusal) {
        finish(service.refusal(why))
        handle(.refused)
    }

    /// Writes what waits while the socket takes it.
    private func pump() {
        var budget = Self.turn
        while machine.phase != .closed, budget > 0 {
            if rest.isEmpty, !takeNext() { return settle() }
            let count = rest.withUnsafeBytes { ambit_linux_send(descriptor, $0.baseAddress! + offset, $0.count - offset) }
            if count == -Int(EAGAIN) { break }
            guard count >= 0 else { return handle(.broken) }
            offset += count
            written += Int64(count)
            budget -= count
            if offset == rest.count { dropRest() }
        }
        settle()
        rearm()
    }

    private func dropRest() {
        // The line break was not counted.
        if !rest.isEmpty { gauges.queuedBytes.subtract(rest.count - 1) }
        rest = []
        offset = 0
    }

    /// False when nothing waits.
    private func takeNext() -> Bool {
        let (line, waiters, isLast) = shared.withLock { shared -> ([UInt8]?, [@Sendable (Bool) -> Void], Bool) in
            guard let line = shared.queue.take() else {
                shared.isScheduled = false
                return (nil, [], shared.isFinished)
            }
            guard !shared.waiters.isEmpty, shared.queue.hasRoom else { return (line, [], false) }
            defer { shared.waiters = [] }
            return (line, shared.waiters, false)
        }
        tell(waiters, true)
        if let line {
            rest = line
            rest.append(0x0A)
        } else if isLast {
            handle(.answered)
            handle(.flushed)
        }
        return line != nil
    }

    /// After writing: what the deadlines are now.
    private func settle() {
        guard machine.phase != .closed else { return }
        if machine.phase != .reading, shared.withLock({ $0.isFinished }) { handle(.answered) }
        stall.observe(moved: written, waiting: !rest.isEmpty, now: runtime.now)
        arm()
    }

    private func handle(_ event: LocalConnectionState.Event) {
        switch machine.handle(event) {
        case .none, .serve: break
        case .cancel: takenBack()
        case .flush:
            deadline = runtime.now + limits.flushDeadline
            arm()
        case .close: close()
        case .cancelAndClose:
            takenBack()
            close()
        }
    }

    private func takenBack() {
        let handler = shared.withLock { shared -> (@Sendable () -> Void)? in
            shared.isCancelled = true
            defer { shared.onCancel = nil }
            return shared.onCancel
        }
        if let handler { runtime.executor.post(handler) }
    }

    private func close() {
        let (waiters, bytes) = shared.withLock { shared -> ([@Sendable (Bool) -> Void], Int) in
            shared.isFinished = true
            let bytes = shared.queue.bytes
            shared.queue.removeAll()
            defer { shared.waiters = [] }
            return (shared.waiters, bytes)
        }
        gauges.queuedBytes.subtract(bytes)
        tell(waiters, false)
        dropRest()
        if let timer { runtime.timers.cancel(timer) }
        timer = nil
        watch?.cancel()
        watch = nil
        _ = ambit_linux_close(descriptor)
        gauges.connections.subtract()
        ended()
    }

    // MARK: deadlines

    /// One timer for both; moved only when an earlier deadline appears.
    private func arm() {
        let next = min(deadline ?? .max, stall.deadline ?? .max)
        guard next < armedFor, machine.phase != .closed else { return }
        if let timer { runtime.timers.cancel(timer) }
        armedFor = next
        timer = runtime.timers.schedule(at: next) { self.wake() }
    }

    private func wake() {
        timer = nil
        armedFor = .max
        guard machine.phase != .closed else { return }
        let now = runtime.now
        if stall.isStalled(now: now) {
            runtime.ledger.count("control.stalled")
            return handle(.broken)
        }
        if let deadline, deadline <= now {
            runtime.ledger.count("control.timedOut")
            self.deadline = nil
            handle(.deadline)
        }
        arm()
    }
}

extension LocalConnection.Shared {
    fileprivate mutating func schedule() -> Bool {
        if isScheduled { return false }
        isScheduled = true
        return true
    }
}
