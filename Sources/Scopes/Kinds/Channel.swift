/// The kind channel: a bounded queue with waiting receivers and senders. Finishing lets receivers drain, closing does not.
///
/// `done` callbacks never run before the call that registered them returns: they are posted to the channel's executor.
public class Channel<Element: Sendable>: Resource, @unchecked Sendable {  // state is behind its lock
    package enum SendResult: Sendable { case queued, full, closed, cancelled }

    package enum Received: Sendable {
        /// `dropped`: how many were lost right before this one.
        case element(Element, dropped: UInt64)
        case closed
        case cancelled
    }

    private struct Receiver {
        let id: UInt64
        let done: @Sendable (Received) -> Void
    }

    private struct Sender {
        let id: UInt64
        let element: Element
        let bytes: Int
        let key: UInt64
        let done: @Sendable (SendResult) -> Void
    }

    /// Whom a send concerns beside the queue.
    private struct Aside {
        var receiver: Receiver?
        var lost: Element?
        var lostMore: [Element]?
    }

    private struct State: ~Copyable {
        var queue: BoundedQueue<Element>
        var receivers = RingBuffer<Receiver>()
        var senders = RingBuffer<Sender>()
        var nextWaiter: UInt64 = 1
        var finished = false
        var closed = false
        var dropped = 0

        /// Gives the element to a receiver that waits, else to the queue; what becomes of others is put `aside`.
        @inline(__always)
        mutating func admit(_ element: Element, bytes: Int, key: UInt64, aside: inout Aside) -> SendResult {
            if finished || closed { return .closed }
            if !receivers.isEmpty {
                aside.receiver = receivers.popFirst()
                return .queued
            }
            switch queue.admit(element, bytes: bytes, key: key) {
            case .queued: return .queued
            case .replaced(let oldest, let more):
                dropped += 1 + (more?.count ?? 0)
                aside.lost = oldest
                aside.lostMore = more
                return .queued
            case .full: return .full
            }
        }

        /// The next element, and the waiting sender whose element took its place.
        mutating func take() -> (Received?, Sender?) {
            guard let item = queue.popFirst() else {
                if finished { closed = true }
                return (closed ? .closed : nil, nil)
            }
            var resumed: Sender?
            if let sender = senders.popFirst() {
                switch queue.admit(sender.element, bytes: sender.bytes, key: sender.key) {
                case .queued, .replaced: resumed = sender
                case .full: senders.prepend(sender)
                }
            }
            return (.element(item.element, dropped: item.dropped), resumed)
        }
    }

    private let state: Lock<State>
    private let discard: (@Sendable (Element) -> Void)?
    private let deliverOn: ThreadExecutor?

    /// - Parameters:
    ///   - capacityBytes: bound on the sum of sizes; `.max`: only items count.
    ///   - executor: where `done` callbacks run; nil: the runtime's.
    ///   - discard: gets every element that no receiver will get.
    package init(
        label: String = "", kind: Kind = .channel, capacity: Int, capacityBytes: Int = .max, overflow: Overflow,
        executor: ThreadExecutor? = nil, discard: (@Sendable (Element) -> Void)? = nil
    ) {
        state = Lock(State(queue: BoundedQueue(capacity: capacity, capacityBytes: capacityBytes, overflow: overflow)))
        self.discard = discard
        deliverOn = executor
        super.init(kind, label: label)
    }

    /// Items that wait, and how many were dropped so far.
    package var depth: (items: Int, bytes: Int, dropped: Int) {
        state.withLock { ($0.queue.count, $0.queue.bytes, $0.dropped) }
    }

    public override var describe: String {
        let depth = depth
        return "\(depth.items) queued" + (depth.dropped > 0 ? ", \(depth.dropped) dropped" : "")
    }

    private func deliver(_ job: @escaping @Sendable () -> Void) {
        if let executor = deliverOn ?? scope?.runtime.executor { executor.post(job) } else { job() }
    }

    // MARK: - Sending

    /// Sends without waiting; `.full` leaves the element to the caller.
    @discardableResult
    package final func trySend(_ element: Element, bytes: Int = 0, key: UInt64 = 0) -> SendResult {
        var aside = Aside()
        let result = state.withLock { $0.admit(element, bytes: bytes, key: key, aside: &aside) }
        settle(element, aside)
        return result
    }

    /// Sends; where it is full and its overflow is to wait, `done` follows and the channel keeps the element meanwhile.
    package final func send(
        _ element: Element, bytes: Int = 0, key: UInt64 = 0, done: @escaping @Sendable (SendResult) -> Void
    ) -> (result: SendResult, waiter: UInt64) {
        var aside = Aside()
        let outcome = state.withLock { state -> (SendResult, UInt64) in
            let result = state.admit(element, bytes: bytes, key: key, aside: &aside)
            guard result == .full, state.queue.overflow == .wait else { return (result, 0) }
            let id = state.nextWaiter
            state.nextWaiter += 1
            state.senders.append(Sender(id: id, element: element, bytes: bytes, key: key, done: done))
            return (.full, id)
        }
        settle(element, aside)
        return (outcome.0, outcome.1)
    }

    /// What the lock was not to be held for.
    @inline(__always)
    private func settle(_ element: Element, _ aside: consuming Aside) {
        if let receiver = aside.receiver { deliver { receiver.done(.element(element, dropped: 0)) } }
        guard let discard, let lost = aside.lost else { return }
        discard(lost)
        for element in aside.lostMore ?? [] { discard(element) }
    }

    // MARK: - Receiving

    /// Nil: empty now.
    package func tryReceive() -> Received? {
        let (received, sender) = state.withLock { $0.take() }
        if let sender { deliver { sender.done(.queued) } }
        if case .closed = received { ended() }
        return received
    }

    /// `done` is called once; the result names this wait for `cancelWait`.
    @discardableResult
    package func receive(_ done: @escaping @Sendable (Received) -> Void) -> UInt64 {
        var ready: Received?
        var resumed: Sender?
        let id = state.withLock { state -> UInt64 in
            let id = state.nextWaiter
            state.nextWaiter += 1
            (ready, resumed) = state.take()
            if ready == nil { state.receivers.append(Receiver(id: id, done: done)) }
            return id
        }
        if let resumed { deliver { resumed.done(.queued) } }
        if case .closed = ready { ended() }
        if let ready { deliver { done(ready) } }
        return id
    }

    /// Ends one wait early: its `done` gets `.cancelled`. False: it is done already.
    @discardableResult
    package func cancelWait(_ waiter: UInt64) -> Bool {
        var receiver: Receiver?
        var sender: Sender?
        state.withLock { state in
            receiver = state.receivers.removeFirst(where: { $0.id == waiter })
            if receiver == nil { sender = state.senders.removeFirst(where: { $0.id == waiter }) }
        }
        if let receiver { deliver { receiver.done(.cancelled) } }
        if let sender { deliver { sender.done(.cancelled) } }
        return receiver != nil || sender != nil
    }

    // MARK: - Ending

    /// No more sends; receivers get what is queued, then `.closed`. It leaves its scope once drained.
    package func finish() { end(discarding: false) }

    /// Ends at once: what is queued is discarded, waiters get `.closed`.
    package func close() { end(discarding: true) }

    private func end(discarding: Bool) {
        var receivers: [Receiver] = []
        var senders: [Sender] = []
        var lost: [Element] = []
        let drained = state.withLock { state -> Bool in
            state.finished = true
            while let sender = state.senders.popFirst() { senders.append(sender) }
            if discarding { lost = state.queue.removeAll() }
            if state.queue.isEmpty {
                state.closed = true
                while let receiver = state.receivers.popFirst() { receivers.append(receiver) }
            }
            return state.closed
        }
        if let discard { for element in lost { discard(element) } }
        for sender in senders { deliver { sender.done(.closed) } }
        for receiver in receivers { deliver { receiver.done(.closed) } }
        if drained { ended() }
    }

    public override func drain(_ reason: Reason) -> Bool {
        // Whoever drains it is a task, and that is what the close waits for.
        finish()
        return false
    }

    public override func cancel(_ reason: Reason) {
        if Fault.isOn("blocking-call-abandoned"), kind === Kind.channel { return ended() }
        close()
    }
}
