import MCP
import PluginHost
import Scopes
import Transport

/// Streams of legacy sessions over HTTP that their clients can resume (DIGEST 2.4).
extension Engine {
    /// What the client of a request may resume; nil: nothing.
    func stream(of request: ServedRequest) -> ResumableStream? {
        guard request.context.era == .legacy, let session = request.origin.session, session.replay != nil else { return nil }
        if let member = request.sink as? BatchMember { return member.stream }
        return stream(.post, request.sink, answers: request.id, of: session)
    }

    func sink(of request: ServedRequest, _ stream: ResumableStream?) -> any ResponseSink {
        guard let stream, !(request.sink is BatchMember) else { return request.sink }
        return stream
    }

    /// - Parameter request: the one that it answers; nil: none, or several.
    func stream(
        _ kind: EventID.Stream.Kind, _ sink: (any ResponseSink)?, answers request: RequestID? = nil, of session: ProtocolSession
    ) -> ResumableStream? {
        session.replay.map { ResumableStream(kind, sink, answers: request, primes: session.primes, $0, runtime) }
    }

    /// A GET with the id of an event.
    enum Resumption {
        /// It named none, or one of a GET that is not known any more: a stream of its own.
        case none
        case refused
        /// Of a POST: served.
        case done
        /// Of a GET: it goes on after this place.
        case stream(ResumableStream, after: Int)
    }

    func resume(_ facts: HTTPFacts, _ session: ProtocolSession, _ sink: any ResponseSink) -> Resumption {
        guard let replay = session.replay, let text = facts.lastEventID else { return .none }
        guard let id = EventID(text) else {
            refuse(nil, .invalidRequest("Last-Event-ID is no id of an event of this server"), sink, status: 400)
            return .refused
        }
        guard let stream = replay.find(id.stream), stream.has(place: id.place) else {
            runtime.ledger.count("replay.unknown")
            // Whoever waits for an answer would wait for ever.
            guard id.stream.kind == .post else { return .none }
            refuse(nil, .streamGone, sink, status: 400)
            return .refused
        }
        guard stream.kind == .post else { return .stream(stream, after: id.place) }
        session.host.touch()
        stream.resume(sink, after: id.place)
        return .done
    }
}
