/// Where a local connection is: one request line, then lines until the last one. Pure.
struct LocalConnectionState {
    enum Phase: Equatable, CaseIterable {
        case reading
        /// The request is with the service.
        case serving
        /// The same; the client has taken it back.
        case cancelled
        /// The last line is on its way.
        case flushing
        case closed
    }

    enum Event: Equatable, CaseIterable {
        case requestRead
        /// The request can't be served: a refusal was queued as the last line.
        case refused
        /// More than the one line.
        case excess
        /// The client closed the side that it sends on.
        case endOfInput
        /// The service gave its last line.
        case answered
        /// The last line was taken by the socket.
        case flushed
        /// The deadline of the phase has passed.
        case deadline
        /// Reading or writing failed, or the client does not read.
        case broken
        /// The server stops.
        case stop
        /// The server can wait no longer.
        case force
    }

    enum Action: Equatable {
        case none
        case serve
        case cancel
        /// Send what waits, within a deadline.
        case flush
        case close
        case cancelAndClose
    }

    private(set) var phase = Phase.reading

    mutating func handle(_ event: Event) -> Action {
        switch (phase, event) {
        case (.closed, _): return .none
        case (.reading, .requestRead): return move(.serving, .serve)
        case (.reading, .refused): return move(.flushing, .flush)
        case (.reading, .answered), (.reading, .flushed): return .none
        case (.reading, _): return move(.closed, .close)
        case (.serving, .answered), (.cancelled, .answered): return move(.flushing, .flush)
        case (.serving, .endOfInput), (.serving, .stop): return move(.cancelled, .cancel)
        case (.serving, .excess), (.serving, .broken), (.serving, .force): return move(.closed, .cancelAndClose)
        case (.cancelled, .excess), (.cancelled, .broken), (.cancelled, .force): return move(.closed, .close)
        case (.flushing, .flushed), (.flushing, .broken), (.flushing, .force), (.flushing, .deadline): return move(.closed, .close)
        case (.serving, _), (.cancelled, _), (.flushing, _): return .none
        }
    }

    private mutating func move(_ phase: Phase, _ action: Action) -> Action {
        self.phase = phase
        return action
    }
}
