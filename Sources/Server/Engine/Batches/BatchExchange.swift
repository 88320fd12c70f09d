import Scopes
import Transport

/// The response to a batch, which its messages share. It ends when all of them have been dealt with.
final class BatchExchange: Sendable {
    let sink: any ResponseSink
    /// The sink, where its client can resume it.
    let stream: ResumableStream?
    private let mayStream: Bool
    private let status: Int
    private let state: Lock<BatchState>
    private let gone = Lock(Gone())

    private struct Gone {
        var isLost = false
        /// Who wants to know that the client is gone, by the places of their messages.
        var handlers: [Int: @Sendable () -> Void] = [:]
    }

    /// - Parameters:
    ///   - mayStream: false where there is one stream for everything: the answers are one message then.
    ///   - status: of HTTP.
    init(_ count: Int, _ sink: any ResponseSink, stream: ResumableStream?, mayStream: Bool, status: Int) {
        self.sink = sink
        self.stream = stream
        self.mayStream = mayStream
        self.status = status
        state = Lock(BatchState(count))
        sink.onGone { self.lost() }
    }

    func notify(_ message: [UInt8]) -> SendStatus {
        let status = sink.notify(message)
        guard status == .queued, mayStream else { return status }
        state.withLock { $0.streams() }
        // Answers that were there before need not wait any more.
        advance()
        return status
    }

    func ended(_ place: Int, _ ending: BatchState.Ending) {
        _ = gone.withLock { $0.handlers.removeValue(forKey: place) }
        if state.withLock({ $0.end(place, ending) }) { advance() }
    }

    func onGone(_ place: Int, _ handler: @escaping @Sendable () -> Void) {
        let isLost = gone.withLock { gone in
            if !gone.isLost { gone.handlers[place] = handler }
            return gone.isLost
        }
        if isLost { handler() }
    }

    private func lost() {
        let handlers = gone.withLock { gone in
            gone.isLost = true
            defer { gone.handlers = [:] }
            return Array(gone.handlers.values)
        }
        for handler in handlers { handler() }
    }

    private func advance() {
        // The sends are under the lock: nobody may overtake them with the last answer.
        let last = state.withLock { state -> BatchState.Action in
            while true {
                let action = state.next()
                guard case .send(let message) = action else { return action }
                switch sink.notify(message) {
                case .queued, .closed: state.sent()
                case .full:
                    state.held()
                    // Keeps this: the messages have ended already.
                    sink.whenWritable { _ in self.room() }
                }
            }
        }
        switch last {
        case .none, .send: return
        case .finish(let message): sink.finish(message, status: status)
        case .accepted: sink.accepted()
        case .end: sink.end()
        }
    }

    private func room() {
        state.withLock { $0.resumed() }
        advance()
    }
}
