import CLinux
import Glibc
import Scopes

/// The one writer of a byte stream: whole lines, in order, from any thread (DIGEST 6.2, 84).
///
/// The caller that finds it idle writes at once; while the stream accepts nothing, lines wait in a bounded queue, and the reactor goes
/// on when it does. A reader that takes nothing for the write deadline, or is gone (EPIPE), breaks the writer for good.
final class LineWriter: Sendable {
    enum Break: Sendable, Equatable {
        case peerClosed
        case stalled
        case failed(Int32)
    }

    private struct State {
        var queue: SendQueue
        var isWriting = false
        /// More lines are about to come: they are gathered, up to a batch.
        var isCorked = false
        /// Taken from the queue, not yet written.
        var rest: [UInt8] = []
        var restOffset = 0
        var broken: Break?
        var waiters: [@Sendable (Bool) -> Void] = []
        /// Who waits until nothing waits to be written.
        var idle: (@Sendable () -> Void)?
        var watch: Reactor.Watch?
        var deadline: TimerQueue.Entry?

        /// Whether the caller has to write: nobody does, and there is reason to.
        mutating func start(batch: Int) -> Bool {
            guard !isWriting, !isCorked || queue.bytes >= batch else { return false }
            isWriting = true
            return true
        }
    }

    private let state: Lock<State>
    private let descriptor: Int32
    private let runtime: Runtime
    private let writeDeadline: Int64
    private let gauges: TransportGauges
    private let onBreak: @Sendable (Break) -> Void

    private static let batch = 64 << 10

    /// - Parameter descriptor: nonblocking; stays the caller's.
    init(
        _ descriptor: Int32, runtime: Runtime, limits: HTTPLimits, gauges: TransportGauges,
        onBreak: @escaping @Sendable (Break) -> Void
    ) {
        self.descriptor = descriptor
        self.runtime = runtime
        self.writeDeadline = limits.writeDeadline
        self.gauges = gauges
        self.onBreak = onBreak
        state = Lock(State(queue: SendQueue(maxItems: limits.queueItems, maxBytes: limits.queueBytes)))
    }

    /// Queues a line unless too much waits already.
    func offer(_ line: [UInt8]) -> SendStatus { put(line, always: false) }

    /// Queues a line in any case: answers, of which there is one per request in flight.
    func append(_ line: [UInt8]) { _ = put(line, always: true) }

    /// Whether so much waits that no further request should be read.
    var isFull: Bool { state.withLock { $0.broken == nil && !$0.queue.hasRoom } }

    /// Calls `ready` once, not before it returns: true when there is room, false when the writer is broken.
    func whenRoom(_ ready: @escaping @Sendable (Bool) -> Void) {
        let now = state.withLock { state -> Bool? in
            if state.broken != nil { return false }
            if state.queue.hasRoom { return true }
            state.waiters.append(ready)
            return nil
        }
        if let now { runtime.executor.post { ready(now) } }
    }

    /// Calls `done` once when all that was queued is written, or the writer is broken; at once where that is so. One waiter at most.
    func whenWritten(_ done: @escaping @Sendable () -> Void) {
        let now = state.withLock { state -> Bool in
            if state.broken != nil || (!state.isWriting && state.queue.isEmpty) { return true }
            state.idle = done
            return false
        }
        if now { done() }
    }

    /// Until `uncork`, lines are gathered so that one write takes several. For the time in which one piece of input is handled.
    func cork() { state.withLock { $0.isCorked = true } }

    /// The next line takes those with it that were gathered. Without one, `uncork` writes them.
    func gatherNoMore() { state.withLock { $0.isCorked = false } }

    func uncork() {
        let start = state.withLock { state -> Bool in
            state.isCorked = false
            return state.broken == nil && !state.queue.isEmpty && state.start(batch: Self.batch)
        }
        if start { drain() }
    }

    /// Gives up what waits; for the end.
    func close() { breakOff(.peerClosed, tell: false) }

    private func put(_ line: [UInt8], always: Bool) -> SendStatus {
        let (status, start) = state.withLock { state -> (SendStatus, Bool) in
            guard state.broken == nil else { return (.closed, false) }
            if always {
                state.queue.append(line)
            } else if !state.queue.offer(line) {
                return (.full, false)
            }
            return (.queued, state.start(batch: Self.batch))
        }
        if status == .queued { gauges.queuedBytes.add(line.count) }
        if start { drain() }
        return status
    }

    /// What is written next, from where on, what of the queue that takes; whom to tell.
    private typealias Piece = ([UInt8], Int, Int, [@Sendable (Bool) -> Void], (@Sendable () -> Void)?)

    /// Writes until nothing waits or the stream is full. Only the holder of `isWriting` is here.
    private func drain() {
        while true {
            let (bytes, offset, taken, waiters, idle) = state.withLock { state -> Piece in
                guard state.broken == nil else { return ([], 0, 0, [], nil) }
                if !state.rest.isEmpty {
                    let rest = state.rest
                    state.rest = []
                    return (rest, state.restOffset, 0, [], nil)
                }
                var bytes: [UInt8] = []
                var taken = 0
                while bytes.count < Self.batch, let line = state.queue.take() {
                    taken += line.count
                    if bytes.isEmpty { bytes = line } else { bytes.append(contentsOf: line) }
                    bytes.append(0x0A)
                }
                var idle: (@Sendable () -> Void)?
                if bytes.isEmpty {
                    state.isWriting = false
                    swap(&idle, &state.idle)
                }
                guard !state.waiters.isEmpty, state.queue.hasRoom else { return (bytes, 0, taken, [], idle) }
                let waiters = state.waiters
                state.waiters = []
                return (bytes, 0, taken, waiters, idle)
            }
            idle?()
            if taken > 0 { gauges.queuedBytes.subtract(taken) }
            if !waiters.isEmpty { runtime.executor.post { for waiter in waiters { waiter(true) } } }
            guard !bytes.isEmpty, write(bytes, from: offset) else { return }
        }
    }

    /// Whether all was written; otherwise the reactor goes on, or the writer is broken.
    private func write(_ bytes: [UInt8], from start: Int) -> Bool {
        var offset = start
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes { ambit_linux_write(descriptor, $0.baseAddress! + offset, $0.count - offset) }
            if count >= 0 {
                offset += count
            } else if count == -Int(EAGAIN) {
                wait(bytes, offset, progressed: offset > start)
                return false
            } else if count == -Int(EPIPE), Fault.isOn("epipe-exits-quietly") {
                continue
            } else {
                breakOff(count == -Int(EPIPE) ? .peerClosed : .failed(Int32(-count)), tell: true)
                return false
            }
        }
        // Something moved: the deadline begins anew with the next wait.
        if let entry = state.withLock({ state -> TimerQueue.Entry? in
            defer { state.deadline = nil }
            return state.deadline
        }) {
            _ = runtime.timers.cancel(entry)
        }
        return true
    }

    private func wait(_ bytes: [UInt8], _ offset: Int, progressed: Bool) {
        let (stale, arm) = state.withLock { state -> (TimerQueue.Entry?, Bool) in
            state.rest = bytes
            state.restOffset = offset
            let stale = progressed ? state.deadline : nil
            if progressed { state.deadline = nil }
            return (stale, state.deadline == nil)
        }
        if let stale { _ = runtime.timers.cancel(stale) }
        if arm {
            let entry = runtime.timers.schedule(after: writeDeadline) { self.stalled() }
            state.withLock { $0.deadline = entry }
        }
        // Under the lock: the handler must find the watch, or it would make a second one.
        let isWatched = state.withLock { state -> Bool in
            if let watch = state.watch {
                watch.rearm(.write)
                return true
            }
            state.watch = runtime.reactor?.watch(descriptor, .write) { _ in self.drain() }
            return state.watch != nil
        }
        if !isWatched { breakOff(.failed(EAGAIN), tell: true) }
    }

    private func stalled() {
        runtime.ledger.count("streams.stalled")
        breakOff(.stalled, tell: true)
    }

    private func breakOff(_ why: Break, tell: Bool) {
        let (first, waiters, idle, watch, deadline, bytes) = state.withLock { state in
            let first = state.broken == nil
            state.broken = state.broken ?? why
            let bytes = state.queue.bytes
            state.queue.removeAll()
            state.rest = []
            let result = (first, state.waiters, state.idle, state.watch, state.deadline, bytes)
            state.waiters = []
            state.idle = nil
            state.watch = nil
            state.deadline = nil
            return result
        }
        if bytes > 0 { gauges.queuedBytes.subtract(bytes) }
        if let deadline { _ = runtime.timers.cancel(deadline) }
        watch?.cancel()
        if !waiters.isEmpty { runtime.executor.post { for waiter in waiters { waiter(false) } } }
        if let idle { runtime.executor.post(idle) }
        // Never inline: whoever wrote may hold a lock, and the break ends the server.
        if first, tell { runtime.executor.post { self.onBreak(why) } }
    }
}
