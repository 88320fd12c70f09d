import MCP
import Scopes
import Transport

/// The sink of something that a legacy client may read on several connections, one after the other (DIGEST 2.4): what is sent gets an id and
/// is kept by the session, and a client that comes back is sent what it has missed, in order and once, and then what follows.
///
/// What serves a POST goes on while its client is away, and what it says is kept. A plain answer is passed on as it is, without an id, and
/// without any memory of it: it has no name until it is a stream.
final class ResumableStream: ResponseSink {
    struct State {
        /// The connection of its client; nil: it is away.
        var sink: (any ResponseSink)?
        /// How many comings and goings there were: what an earlier connection says comes too late.
        var changes = 0
        /// Nil until it is a stream.
        var name: EventID.Stream?
        var isPrimed = false
        /// What its client is told about coming again; in nanoseconds.
        var retry: Int64
        /// How much later it was told to come, when it was sent away; 0: nobody did.
        var absence: Int64 = 0
        /// Place of the last event, and of the last that this connection was given.
        var last = 0
        var given = 0
        /// Nothing follows but what is kept.
        var isOver = false
        /// The last that is kept, or was too large to be, is the answer.
        var isAnswered = false
        var waiters: [@Sendable (Bool) -> Void] = []
        var followers: [@Sendable (StreamPresence) -> Void] = []

        /// It catches up with what its client has missed, and must not be overtaken.
        var isBehind: Bool { sink != nil && given < last }
    }

    let kind: EventID.Stream.Kind
    /// The request that it answers; nil: none, or several.
    let request: RequestID?
    /// Clients before 2025-11-25 take an event without data for a broken one.
    let primes: Bool
    let replay: SessionReplay
    let runtime: Runtime
    let state: Lock<State>

    /// - Parameter sink: of a POST; a GET gets its connection by `resume`.
    init(
        _ kind: EventID.Stream.Kind, _ sink: (any ResponseSink)?, answers request: RequestID? = nil, primes: Bool, _ replay: SessionReplay,
        _ runtime: Runtime
    ) {
        self.kind = kind
        self.request = request
        self.primes = primes
        self.replay = replay
        self.runtime = runtime
        state = Lock(State(sink: sink, retry: replay.limits.retry))
        sink?.onOpen { self.opened() }
        sink?.onGone { self.lost(0) }
    }

    func notify(_ message: [UInt8]) -> SendStatus {
        state.withLock { state in
            guard !state.isOver else { return .closed }
            guard !state.isBehind else { return .full }
            guard state.sink != nil || keeps(state) else { return .closed }
            let id = EventID(name(&state), state.last + 1)
            let event = StreamEvent.bytes(id, message)
            if let sink = state.sink {
                switch sink.notify(event) {
                case .queued: state.given = id.place
                case .full: return .full
                // Lost, which it is about to be told.
                case .closed:
                    state.sink = nil
                    guard keeps(state) else { return .closed }
                }
            }
            state.last = id.place
            replay.keep(id, event)
            return .queued
        }
    }

    func whenWritable(_ ready: @escaping @Sendable (Bool) -> Void) {
        let (sink, answer) = state.withLock { state -> ((any ResponseSink)?, Bool?) in
            guard !state.isOver, let sink = state.sink else { return (nil, keeps(state)) }
            guard state.isBehind else { return (sink, nil) }
            state.waiters.append(ready)
            return (nil, nil)
        }
        if let answer { runtime.executor.post { ready(answer) } }
        sink?.whenWritable { isWritable in ready(isWritable || self.state.withLock { self.keeps($0) }) }
    }

    func openStream() { state.withLock { $0.sink }?.openStream() }

    func finish(_ message: [UInt8], status: Int, headers: [ResponseHeader]) {
        var last = message
        let sink = over { state in
            guard let name = state.name else { return }
            state.isAnswered = true
            let id = EventID(name, state.last + 1)
            last = StreamEvent.bytes(id, message)
            replay.keep(id, last)
            // Where it has to catch up, this comes in its turn.
            if !state.isBehind { state.given = id.place }
            state.last = id.place
        }
        sink?.finish(last, status: status, headers: headers)
    }

    func accepted() { over()?.accepted() }

    /// A stream of a GET is without a client then; it is over with its session.
    func end() {
        if kind == .get {
            state.withLock { $0.followers = [] }
            leave()
        } else {
            over()?.end()
        }
    }

    /// Not for streams that can be resumed: see `follow`.
    func onGone(_ handler: @escaping @Sendable () -> Void) {}

    /// Whether what is sent without a client is kept: who was never given an id can't come back.
    func keeps(_ state: State) -> Bool { !state.isOver && kind == .post && state.name != nil }

    /// From the first event on it has one.
    func name(_ state: inout State) -> EventID.Stream {
        if let name = state.name { return name }
        let name = replay.open(kind, self)
        state.name = name
        return name
    }

    /// Nothing more is to come. The connection that is to be ended, unless there is none, or it has to catch up before.
    private func over(_ last: (inout State) -> Void = { _ in }) -> (any ResponseSink)? {
        let (sink, waiters) = state.withLock { state -> ((any ResponseSink)?, [@Sendable (Bool) -> Void]) in
            guard !state.isOver else { return (nil, []) }
            last(&state)
            state.isOver = true
            state.followers = []
            if let name = state.name { replay.release(name) }
            defer { state.waiters = [] }
            return (state.isBehind ? nil : state.sink.take(), state.waiters)
        }
        for waiter in waiters { waiter(false) }
        return sink
    }
}
