/// One event on the bus. Shared by all subscriptions that got it; the payload is copied once.
package final class Event: Sendable {
    package let topic: String
    package let key: String
    package let payload: [UInt8]
    /// Key of the session that it belongs to, 0: none.
    package let session: UInt64
    /// Unix epoch, nanoseconds.
    package let time: Int64

    /// The server's, where the payload is so large that its memory is given back when the last subscription is done with it: the C library
    /// would keep it otherwise.
    private let heap: Runtime?
    private static let large = 64 << 10

    init(topic: String, key: String, payload: [UInt8], session: UInt64, runtime: Runtime) {
        heap = payload.count >= Self.large ? runtime : nil
        self.topic = topic
        self.key = key
        self.payload = payload
        self.session = session
        time = Monotonic.unixNow()
    }

    deinit { if let heap { heap.heap.schedule(heap) } }
}

/// The kind subscription: a bounded, ordered queue of the events of a topic. A subscription of a session sees that session's events
/// and those without one.
package final class Subscription: Channel<Event>, @unchecked Sendable {  // constants only; the queue has its lock
    package let topic: String
    let isPrefix: Bool
    let key: String
    let session: UInt64
    private let bus: Bus
    private let failsWhenFull: Bool

    init(
        bus: Bus, topic: String, key: String, session: UInt64, capacity: Int, capacityBytes: Int, overflow: Overflow,
        executor: ThreadExecutor?
    ) {
        self.bus = bus
        isPrefix = topic.hasSuffix("*")
        self.topic = isPrefix ? String(topic.dropLast()) : topic
        self.key = key
        self.session = session
        failsWhenFull = overflow == .fail || overflow == .wait
        super.init(
            label: topic, kind: .subscription, capacity: capacity, capacityBytes: capacityBytes,
            overflow: failsWhenFull ? .fail : overflow, executor: executor)
    }

    func wants(_ event: Event) -> Bool {
        (key.isEmpty || key == event.key) && (session == 0 || event.session == 0 || session == event.session)
    }

    func offer(_ event: Event, key: UInt64) {
        let result = trySend(event, bytes: event.payload.count + 64, key: key)
        // The publisher never waits: a subscriber that asked for no loss and was too slow is ended.
        if failsWhenFull, case .full = result { finish() }
    }

    package func next(_ done: @escaping @Sendable (Received) -> Void) -> UInt64 { receive(done) }

    package override func quiesce(_ reason: Reason) { bus.remove(self) }

    package override func release(_ reason: Reason) { bus.remove(self) }

    package override func finish() {
        bus.remove(self)
        super.finish()
    }

    package override func close() {
        bus.remove(self)
        super.close()
    }
}

/// The event bus: one per server. The publisher never waits, never runs foreign code and never pays for past subscribers.
package final class Bus: Sendable {
    private struct State {
        /// Subscriptions of one exact topic.
        var exact: [String: [Subscription]] = [:]
        var prefixes: [Subscription] = []
        var count = 0
    }

    private let runtime: Runtime
    private let state = Lock(State())

    package init(_ runtime: Runtime) { self.runtime = runtime }

    /// Hands an event to every subscription that wants it, in the order of publishing.
    package func publish(topic: String, key: String = "", payload: [UInt8], session: UInt64 = 0) {
        let (exact, prefixes) = state.withLock { ($0.exact[topic] ?? [], $0.prefixes) }
        if exact.isEmpty && prefixes.isEmpty { return }
        let event = Event(topic: topic, key: key, payload: payload, session: session, runtime: runtime)
        let hash = Self.hash(key)
        exact.withUnsafeBufferPointer { exact in
            // The array holds them: none is retained for itself.
            for index in exact.indices {
                Unmanaged.passUnretained(exact[index])._withUnsafeGuaranteedRef { if $0.wants(event) { $0.offer(event, key: hash) } }
            }
        }
        for subscription in prefixes where topic.hasPrefix(subscription.topic) && subscription.wants(event) {
            subscription.offer(event, key: hash)
        }
    }

    /// Subscribes until the scope closes.
    ///
    /// - Parameters:
    ///   - topic: full name; a last `*` matches any ending.
    ///   - session: key of the session that the scope is in, 0: none.
    ///   - overflow: `.fail` ends a subscription that is too slow.
    package func subscribe(
        in scope: Scope, topic: String, key: String = "", session: UInt64 = 0, capacity: Int, capacityBytes: Int = .max,
        overflow: Overflow, executor: ThreadExecutor? = nil
    ) throws(AcquireError) -> Subscription {
        let subscription = Subscription(
            bus: self, topic: topic, key: key, session: session, capacity: capacity, capacityBytes: capacityBytes,
            overflow: overflow, executor: executor)
        // In the scope first: whatever is on the bus has an owner that withdraws it.
        try scope.reserve(subscription)
        state.withLock { state in
            if subscription.isPrefix {
                state.prefixes.append(subscription)
            } else {
                state.exact[subscription.topic, default: []].append(subscription)
            }
            state.count += 1
        }
        try subscription.commit()
        return subscription
    }

    /// How many subscriptions exist, and how many of one exact topic.
    package var count: Int { state.withLock { $0.count } }
    package func count(topic: String) -> Int { state.withLock { $0.exact[topic]?.count ?? 0 } }

    func remove(_ subscription: Subscription) {
        if Fault.isOn("vanished-clients-are-forgotten") { return }
        state.withLock { state in
            if subscription.isPrefix {
                guard let index = state.prefixes.firstIndex(where: { $0 === subscription }) else { return }
                state.prefixes.remove(at: index)
            } else {
                guard let index = state.exact[subscription.topic]?.firstIndex(where: { $0 === subscription }) else {
                    return
                }
                state.exact[subscription.topic]?.remove(at: index)
                let isLast = state.exact[subscription.topic]?.isEmpty == true
                if isLast || Fault.isOn("subscription-per-session-not-per-uri") { state.exact[subscription.topic] = nil }
            }
            state.count -= 1
        }
    }

    /// FNV-1a: coalescing needs a number for a key.
    private static func hash(_ key: String) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in key.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return hash
    }
}
