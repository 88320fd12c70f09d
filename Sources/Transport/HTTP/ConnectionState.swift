/// Where one HTTP connection is: requests are served in order, one at a time. Pure.
struct ConnectionState {
    enum Phase: Equatable {
        case idle
        /// A head was read, its body is being read.
        case receiving
        /// The request is with the service; what was read ahead waits.
        case responding
        /// A refusal was sent before the request was read whole: input is discarded so that the client can read the answer.
        case lingering
        case closed
    }

    enum Event: Equatable {
        case head(keepAlive: Bool)
        case requestRead
        /// The answer to the current request was handed to the socket.
        case answered
        /// Refused before the whole request was read.
        case refusedEarly
        /// The server stops: no further request.
        case shutDown
        case lost
    }

    enum Action: Equatable {
        case none
        /// Keep the part until the current answer is out.
        case hold
        case next
        case closeAfterFlush
        case lingerAfterFlush
        case close
    }

    private(set) var phase = Phase.idle
    private(set) var keepAlive = true
    private(set) var stopping = false

    /// Whether the answer that is about to be written is the last of this connection.
    var closesAfterAnswer: Bool { !keepAlive || stopping }

    mutating func handle(_ event: Event) -> Action {
        switch (phase, event) {
        case (.closed, _): return .none
        case (_, .lost):
            phase = .closed
            return .none
        case (.idle, .head(let keepAlive)):
            self.keepAlive = keepAlive
            phase = .receiving
            return .none
        case (.receiving, .head), (.lingering, .head): return .none
        case (.responding, .head): return .hold
        case (.receiving, .requestRead):
            phase = .responding
            return .none
        case (.responding, .requestRead): return .hold
        case (.idle, .requestRead), (.lingering, .requestRead): return .none
        case (.responding, .answered):
            if closesAfterAnswer {
                phase = .closed
                return .closeAfterFlush
            }
            phase = .idle
            return .next
        case (_, .answered): return .none
        case (.lingering, .refusedEarly): return .none
        case (_, .refusedEarly):
            phase = .lingering
            return .lingerAfterFlush
        case (.idle, .shutDown), (.lingering, .shutDown), (.receiving, .shutDown):
            stopping = true
            phase = .closed
            return .close
        case (.responding, .shutDown):
            stopping = true
            return .none
        }
    }
}
