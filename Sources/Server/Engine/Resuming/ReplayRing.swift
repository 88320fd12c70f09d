/// The last events of all streams of a session, in case that a client asks for them again. The oldest go first, whichever stream they
/// belong to. Of one that is larger than all of the ring only the place is kept: nobody takes it for one that never was. A pure value; its owner
/// locks.
struct ReplayRing: Sendable {
    struct Event: Sendable {
        let id: EventID
        /// As it goes out; empty where it was too large.
        var bytes: [UInt8]
        /// When it was sent.
        let at: Int64

        var isTooLarge: Bool { bytes.isEmpty }
    }

    private let limits: ReplayLimits
    /// Whose the oldest event is, and so on.
    private var order = Fifo<EventID.Stream>()
    /// The events of each stream that has any, without a gap.
    private var lanes: [EventID.Stream: Fifo<Event>] = [:]
    private(set) var bytes = 0

    init(_ limits: ReplayLimits) { self.limits = limits }

    var count: Int { order.count }
    /// When the oldest event has been kept for long enough; nil: there is none.
    var expiry: Int64? { order.first.flatMap { lanes[$0]?.first }.map { $0.at + limits.age } }

    func has(_ stream: EventID.Stream) -> Bool { lanes[stream] != nil }

    /// Events of one stream come in their order. Returns the streams that have lost their last one.
    mutating func append(_ event: Event) -> [EventID.Stream] {
        var event = event
        if event.bytes.count > limits.bytes { event.bytes = [] }
        order.append(event.id.stream)
        lanes[event.id.stream, default: Fifo()].append(event)
        bytes += event.bytes.count
        let limits = limits
        return drop { ring in ring.count > 1 && (ring.count > limits.events || ring.bytes > limits.bytes) }
    }

    /// Drops what is too old. Returns the streams that have lost their last event.
    mutating func expire(now: Int64) -> [EventID.Stream] { drop { $0.expiry.map { $0 <= now } ?? false } }

    /// The first event that is kept after this one: the next, unless that was dropped.
    func next(after id: EventID) -> Event? {
        guard let lane = lanes[id.stream], let first = lane.first else { return nil }
        let index = max(0, id.place + 1 - first.id.place)
        return index < lane.count ? lane[index] : nil
    }

    private mutating func drop(while isTooMuch: (ReplayRing) -> Bool) -> [EventID.Stream] {
        var emptied: [EventID.Stream] = []
        while isTooMuch(self), let stream = order.popFirst() {
            if let event = lanes[stream]?.popFirst() { bytes -= event.bytes.count }
            guard lanes[stream]?.isEmpty ?? true else { continue }
            lanes[stream] = nil
            emptied.append(stream)
        }
        return emptied
    }
}
