/// When the head of an HTTP response is sent, and as what (DIGEST 8.5).
///
/// The head waits until the handler says something. An answer that comes first is plain JSON with the status that
/// fits it; a notification, or a quiet time too long, opens an event stream, and the answer becomes its last event.
/// Whatever happens, exactly one of answer, end and release ends it; what comes later is dropped.
package struct ResponseCommit: Sendable {
    package enum Event: Sendable, Equatable {
        /// A message about the request is to be sent before its answer.
        case notification
        /// Nothing was sent for as long as a connection may be quiet.
        case keepAliveDue
        /// The one answer, with the HTTP status that it has when it is alone.
        case answer(status: Int)
        /// The client took the request back: no answer may follow.
        case cancelled
        /// The client closed the stream or the connection.
        case clientGone
    }

    package enum First: Sendable, Equatable { case event, keepAlive }

    package enum Action: Sendable, Equatable {
        case none
        /// Don't send this, and count it.
        case drop
        /// Send the head of a stream, and behind it this.
        case openStream(with: First)
        case event
        case keepAlive
        /// Send head and body, and that was all.
        case json(status: Int)
        /// Send the answer as the last event and end the stream.
        case finalEvent
        /// End the stream without an answer.
        case endStream
        /// Send the head of a stream and end it: an answer with nothing in it.
        case emptyStream
        /// Write nothing more.
        case release
    }

    private enum State: Sendable { case undecided, streaming, finished }

    private var state = State.undecided
    private let mayStream: Bool

    /// - Parameter mayStream: false where the client accepts no event stream; notifications are then dropped.
    package init(mayStream: Bool = true) { self.mayStream = mayStream }

    /// Whether the response has ended, one way or another.
    package var isFinished: Bool { state == .finished }
    /// Whether the head of an event stream was sent.
    package var isStreaming: Bool { state == .streaming }

    package mutating func handle(_ event: Event) -> Action {
        switch (state, event) {
        case (.undecided, .notification):
            guard mayStream else { return .drop }
            state = .streaming
            return .openStream(with: .event)
        case (.undecided, .keepAliveDue):
            guard mayStream else { return .none }
            state = .streaming
            return .openStream(with: .keepAlive)
        case (.undecided, .answer(let status)):
            state = .finished
            return .json(status: status)
        case (.undecided, .cancelled):
            state = .finished
            return .emptyStream
        case (.streaming, .notification): return .event
        case (.streaming, .keepAliveDue): return .keepAlive
        case (.streaming, .answer):
            state = .finished
            return .finalEvent
        case (.streaming, .cancelled):
            state = .finished
            return .endStream
        case (.undecided, .clientGone), (.streaming, .clientGone):
            state = .finished
            return .release
        case (.finished, .notification), (.finished, .answer): return .drop
        case (.finished, .keepAliveDue), (.finished, .cancelled), (.finished, .clientGone): return .none
        }
    }
}
