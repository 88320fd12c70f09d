import Scopes
import Transport

/// The streams of one legacy session over HTTP that its client can resume, and the events that are kept for that. It belongs to the
/// session: ids of others find nothing here, and it ends with it. Empty until the first stream opens.
final class SessionReplay: Sendable {
    private struct Known {
        let stream: ResumableStream
        /// Something is still to come on it, or its client reads it.
        var isHeld = true
    }

    private struct State {
        var ring: ReplayRing
        /// A stream that is not held is forgotten with its last event.
        var streams: [EventID.Stream: Known] = [:]
        var posts = 0
        var gets = 0
        var timer: TimerQueue.Entry?
        var isClosed = false
    }

    let limits: ReplayLimits
    private let runtime: Runtime
    private let gauges: ReplayGauges
    private let state: Lock<State>

    /// - Parameter limits: more than 0 events.
    init(_ limits: ReplayLimits, _ gauges: ReplayGauges, _ runtime: Runtime) {
        self.limits = limits
        self.gauges = gauges
        self.runtime = runtime
        state = Lock(State(ring: ReplayRing(limits)))
    }

    /// The name of a new stream, which is held.
    func open(_ kind: EventID.Stream.Kind, _ stream: ResumableStream) -> EventID.Stream {
        state.withLock { state in
            switch kind {
            case .post: state.posts += 1
            case .get: state.gets += 1
            }
            let name = EventID.Stream(kind: kind, number: kind == .post ? state.posts : state.gets)
            if !state.isClosed { state.streams[name] = Known(stream: stream) }
            return name
        }
    }

    func find(_ name: EventID.Stream) -> ResumableStream? { state.withLock { $0.streams[name]?.stream } }

    /// Keeps an event. Of one stream they come in their order.
    func keep(_ id: EventID, _ bytes: [UInt8]) {
        change { state in
            guard !state.isClosed else { return }
            let emptied = state.ring.append(.init(id: id, bytes: bytes, at: runtime.now))
            Self.forget(emptied, &state)
        }
    }

    /// The first event that is kept after this one.
    func next(after id: EventID) -> ReplayRing.Event? { state.withLock { $0.ring.next(after: id) } }

    /// More may come on the stream, or somebody reads it.
    func hold(_ name: EventID.Stream, _ stream: ResumableStream) {
        state.withLock { state in
            if !state.isClosed { state.streams[name] = Known(stream: stream) }
        }
    }

    /// From here on only its events keep it.
    func release(_ name: EventID.Stream) {
        state.withLock { state in
            state.streams[name]?.isHeld = false
            Self.forget([name], &state)
        }
    }

    /// The session closes.
    func close() {
        let timer = change { state -> TimerQueue.Entry? in
            state.isClosed = true
            state.ring = ReplayRing(limits)
            state.streams = [:]
            return state.timer.take()
        }
        if let timer { _ = runtime.timers.cancel(timer) }
    }

    var count: Int { state.withLock { $0.ring.count } }
    /// How many streams it knows.
    var streams: Int { state.withLock { $0.streams.count } }

    private static func forget(_ names: [EventID.Stream], _ state: inout State) {
        for name in names where state.streams[name]?.isHeld == false && !state.ring.has(name) { state.streams[name] = nil }
    }

    /// With the gauges, and the timer that drops what is too old.
    private func change<Result>(_ body: (inout State) -> Result) -> Result {
        state.withLock { state in
            let (count, bytes) = (state.ring.count, state.ring.bytes)
            defer {
                gauges.events.add(state.ring.count - count)
                gauges.bytes.add(state.ring.bytes - bytes)
                if state.timer == nil, !state.isClosed, let expiry = state.ring.expiry {
                    state.timer = runtime.timers.schedule(at: expiry) { [weak self] in self?.expire() }
                }
            }
            return body(&state)
        }
    }

    private func expire() {
        change { state in
            state.timer = nil
            Self.forget(state.ring.expire(now: runtime.now), &state)
        }
    }
}
