import MCP
import Scopes
import Transport

/// How the client of a stream comes and goes.
extension ResumableStream {
    /// Calls `follower` when the client goes, and when it comes back; until the stream is over. The client of a GET goes once: it comes
    /// back as another stream of its session. Where that of a POST is away already, it is told so at once.
    func follow(_ follower: @escaping @Sendable (StreamPresence) -> Void) {
        let now = state.withLock { state -> StreamPresence? in
            guard !state.isOver else { return nil }
            state.followers.append(follower)
            return state.sink == nil && kind == .post ? presence(state) : nil
        }
        if let now { follower(now) }
    }

    /// Whether this is the place of an event that was sent, or the start.
    func has(place: Int) -> Bool { state.withLock { place <= $0.last } }

    /// A client comes for this stream: it gets what was sent after that place, as far as it is kept, and then what follows. Who read it
    /// before reads no more.
    func resume(_ sink: any ResponseSink, after place: Int) {
        let (old, number, followers, presence) = state.withLock { state in
            let old = state.sink
            let followers = old == nil ? state.followers : []
            state.changes += 1
            state.absence = 0
            state.sink = sink
            state.given = min(place, state.last)
            if kind == .get { replay.hold(name(&state), self) }
            return (old, state.changes, followers, self.presence(state))
        }
        old?.end()
        sink.onOpen { self.opened() }
        sink.openStream()
        sink.onGone { self.lost(number) }
        if kind == .post { for follower in followers { follower(presence) } }
        catchUp(number)
    }

    /// Ends the connection, not the stream: the client is to come back after that time, in nanoseconds (SEP-1699). Nothing where it is
    /// away.
    func disconnect(retry: Int64) {
        let leaving = state.withLock { state -> Leaving? in
            guard !state.isOver, let sink = state.sink else { return nil }
            let id = EventID(name(&state), state.given)
            state.retry = retry
            if state.isPrimed { _ = sink.notify(StreamEvent.priming(id, retry: retry)) } else { sink.openStream() }
            return left(&state, absence: retry)
        }
        tell(leaving)
        leaving?.sink?.end()
    }

    /// Ends the connection, for another one to come.
    func leave() {
        let leaving = state.withLock { $0.sink == nil ? nil : left(&$0) }
        tell(leaving)
        leaving?.sink?.end()
    }

    /// A connection is a stream now. What comes first on it: where the client stands, so that it can come back.
    func opened() -> [UInt8] {
        state.withLock { state in
            guard primes, !state.isPrimed, state.name != nil || !state.isOver else { return [] }
            state.isPrimed = true
            return StreamEvent.priming(EventID(name(&state), 0), retry: state.retry)
        }
    }

    /// A connection is gone.
    func lost(_ number: Int) { tell(state.withLock { $0.changes == number ? left(&$0) : nil }) }

    private struct Leaving: Sendable {
        let sink: (any ResponseSink)?
        let presence: StreamPresence
        let followers: [@Sendable (StreamPresence) -> Void]
        let waiters: [@Sendable (Bool) -> Void]
        let keeps: Bool
    }

    private func presence(_ state: State) -> StreamPresence {
        StreamPresence(number: state.changes, isAway: state.sink == nil, isNamed: state.name != nil, retry: state.absence)
    }

    private func left(_ state: inout State, absence: Int64 = 0) -> Leaving {
        let sink = state.sink.take()
        state.changes += 1
        state.absence = absence
        defer {
            state.waiters = []
            if kind == .get {
                state.followers = []
                if let name = state.name { replay.release(name) }
            }
        }
        return Leaving(
            sink: sink, presence: presence(state), followers: state.followers, waiters: state.waiters, keeps: keeps(state))
    }

    private func tell(_ leaving: Leaving?) {
        guard let leaving else { return }
        for follower in leaving.followers { follower(leaving.presence) }
        for waiter in leaving.waiters { waiter(leaving.keeps) }
    }

    /// Sends what the client has missed, in order and as it reads. Whatever is sent meanwhile waits for that.
    private func catchUp(_ number: Int) {
        let (ended, lost, waiters) = state.withLock { state -> ((any ResponseSink)?, EventID?, [@Sendable (Bool) -> Void]) in
            guard state.changes == number, let sink = state.sink, let name = state.name else { return (nil, nil, []) }
            var isLastMissed = false
            while state.given < state.last {
                let next = replay.next(after: EventID(name, state.given))
                let gap = (next?.id.place ?? state.last + 1) - state.given - 1
                if gap > 0 {
                    runtime.ledger.count("replay.missed", gap)
                    state.given += gap
                }
                isLastMissed = next?.isTooLarge ?? true
                guard let next else { break }
                guard !next.isTooLarge else {
                    runtime.ledger.count("replay.missed")
                    state.given = next.id.place
                    continue
                }
                switch sink.notify(next.bytes) {
                case .queued: state.given = next.id.place
                case .full:
                    sink.whenWritable { [weak self] isWritable in if isWritable { self?.catchUp(number) } }
                    return (nil, nil, [])
                case .closed: return (nil, nil, [])
                }
            }
            defer { state.waiters = [] }
            let lost = isLastMissed && state.isAnswered ? EventID(name, state.last) : nil
            return (state.isOver ? state.sink.take() : nil, lost, state.waiters)
        }
        if let lost, let request {
            ended?.finish(StreamEvent.bytes(lost, MessageEncoder.error(id: request, .answerGone)), status: 200)
        } else {
            ended?.end()
        }
        for waiter in waiters { waiter(true) }
    }
}
