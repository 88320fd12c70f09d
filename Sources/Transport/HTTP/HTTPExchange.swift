import NIOCore
import Scopes

/// The sink of one HTTP request. Any thread puts messages into its bounded queue; the connection's event loop takes them out while
/// the socket accepts bytes.
final class HTTPExchange: ResponseSink {
    struct Answer: Sendable {
        let message: [UInt8]
        let status: Int
        let headers: [ResponseHeader]
        let contentType: StaticString?
    }

    /// What the event loop has to do next.
    enum Work {
        case nothing
        case openStream
        case message([UInt8])
        case answer(Answer)
        case end
    }

    fileprivate enum Ending {
        case answer(Answer)
        case silence
    }

    fileprivate struct State {
        var queue: SendQueue
        var ending: Ending?
        /// The loop took the ending, or the client is gone.
        var isOver = false
        var isLost = false
        /// The loop knows that there is work.
        var isScheduled = false
        var wantsStream = false
        var waiters: [@Sendable (Bool) -> Void] = []
        var gone: (@Sendable () -> Void)?
        var opening: (@Sendable () -> [UInt8])?
    }

    fileprivate let state: Lock<State>
    private let loop: any EventLoop
    private let connection: NIOLoopBound<HTTPConnection>
    private let gauges: TransportGauges
    /// A HEAD request: no body goes out.
    let isHead: Bool

    init(connection: HTTPConnection, loop: any EventLoop, limits: HTTPLimits, gauges: TransportGauges, isHead: Bool) {
        let unbounded = Fault.isOn("stalled-readers-stay-bounded")
        state = Lock(
            State(
                queue: SendQueue(
                    maxItems: unbounded ? .max / 2 : limits.queueItems, maxBytes: unbounded ? .max / 2 : limits.queueBytes)))
        self.loop = loop
        self.connection = NIOLoopBound(connection, eventLoop: loop)
        self.gauges = gauges
        self.isHead = isHead
    }

    // MARK: any thread

    func notify(_ message: [UInt8]) -> SendStatus {
        let (status, wake) = state.withLock { state -> (SendStatus, Bool) in
            guard !state.isOver, state.ending == nil else { return (.closed, false) }
            guard state.queue.offer(message) else { return (.full, false) }
            return (.queued, state.schedule())
        }
        if status == .queued { gauges.queuedBytes.add(message.count) }
        if wake { wakeLater() }
        return status
    }

    func whenWritable(_ ready: @escaping @Sendable (Bool) -> Void) {
        let now = state.withLock { state -> Bool? in
            guard !state.isOver, state.ending == nil else { return false }
            guard !state.queue.hasRoom else { return true }
            state.waiters.append(ready)
            return nil
        }
        if let now { loop.execute { ready(now) } }
    }

    func openStream() {
        let wake = state.withLock { state -> Bool in
            guard !state.isOver, state.ending == nil else { return false }
            state.wantsStream = true
            return state.schedule()
        }
        if wake { wakeLater() }
    }

    func finish(_ message: [UInt8], status: Int, headers: [ResponseHeader]) {
        finish(
            Answer(
                message: message, status: status, headers: headers, contentType: message.isEmpty ? nil : "application/json"))
    }

    func finish(_ answer: Answer) { end(.answer(answer)) }

    func accepted() { finish(Answer(message: [], status: 202, headers: [], contentType: nil)) }

    func end() { end(.silence) }

    func onGone(_ handler: @escaping @Sendable () -> Void) {
        let already = state.withLock { state -> Bool in
            if !state.isLost, state.ending == nil { state.gone = handler }
            return state.isLost
        }
        if already { handler() }
    }

    func onOpen(_ first: @escaping @Sendable () -> [UInt8]) {
        state.withLock { state in if !state.isOver { state.opening = first } }
    }

    private func end(_ ending: Ending) {
        let (wake, waiters) = state.withLock { state -> (Bool, [@Sendable (Bool) -> Void]) in
            guard !state.isOver, state.ending == nil else { return (false, []) }
            state.ending = ending
            state.gone = nil
            let waiters = state.waiters
            state.waiters = []
            return (state.schedule(), waiters)
        }
        if !waiters.isEmpty { loop.execute { for waiter in waiters { waiter(false) } } }
        guard wake else { return }
        // An inline tool answers on the event loop itself: no hop.
        if loop.inEventLoop { connection.value.pump(self) } else { wakeLater() }
    }

    private func wakeLater() {
        loop.execute { self.connection.value.pump(self) }
    }

    // MARK: event loop

    /// The next thing to write. After `nothing`, the next message wakes the loop again.
    func next() -> Work {
        let (work, waiters, bytes) = state.withLock { state -> (Work, [@Sendable (Bool) -> Void], Int) in
            guard !state.isOver else { return (.nothing, [], 0) }
            if state.wantsStream {
                state.wantsStream = false
                return (.openStream, [], 0)
            }
            if let message = state.queue.take() {
                guard !state.waiters.isEmpty, state.queue.hasRoom else { return (.message(message), [], message.count) }
                let waiters = state.waiters
                state.waiters = []
                return (.message(message), waiters, message.count)
            }
            guard let ending = state.ending else {
                state.isScheduled = false
                return (.nothing, [], 0)
            }
            state.isOver = true
            // It is a stream already, or never will be one.
            if case .answer = ending { state.opening = nil }
            switch ending {
            case .answer(let answer): return (.answer(answer), [], 0)
            case .silence: return (.end, [], 0)
            }
        }
        if bytes > 0 { gauges.queuedBytes.subtract(bytes) }
        // Not from here: a waiter that sends at once must not find itself inside this loop.
        if !waiters.isEmpty { loop.execute { for waiter in waiters { waiter(true) } } }
        return work
    }

    /// The response becomes a stream: what is written first, empty: nothing.
    func opened() -> [UInt8] {
        // Called without the lock: whoever asked for it has one of its own, and sends with that.
        state.withLock { $0.opening.take() }?() ?? []
    }

    /// The client is gone before the ending was written: everything that waits is dropped, whoever listens is told once.
    func lost() {
        let (waiters, gone, bytes) = state.withLock { state -> ([@Sendable (Bool) -> Void], (@Sendable () -> Void)?, Int) in
            guard !state.isLost else { return ([], nil, 0) }
            state.isOver = true
            state.isLost = true
            let bytes = state.queue.bytes
            state.queue.removeAll()
            let result = (state.waiters, state.ending == nil ? state.gone : nil, bytes)
            state.waiters = []
            state.gone = nil
            state.opening = nil
            return result
        }
        if bytes > 0 { gauges.queuedBytes.subtract(bytes) }
        for waiter in waiters { waiter(false) }
        gone?()
    }
}

extension HTTPExchange.State {
    /// Whether the loop has to be told; it is told once until it found nothing to do.
    fileprivate mutating func schedule() -> Bool {
        if isScheduled { return false }
        isScheduled = true
        return true
    }
}
