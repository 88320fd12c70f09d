package import MCP
import Scopes
package import Transport

extension Engine {
    /// Serves each message of a batch as if it had come alone, and gathers the answers (DIGEST 2.5).
    package func receive(_ batch: InboundBatch, over facts: TransportFacts, from peer: Peer, sink: any ResponseSink) {
        let (origin, session) = locate(facts, peer)
        if let rejection = Admission.refusal(of: batch, over: facts, session: session, limit: limits.batch) {
            return sink.finish(rejection.bytes, status: rejection.httpStatus)
        }
        let members = batch.members()
        let stream = origin.session.flatMap { self.stream(.post, sink, of: $0) }
        // What holds nothing that could be served is a bad request.
        let status = members.contains { if case .refused = $0 { false } else { true } } ? 200 : 400
        let exchange = BatchExchange(
            members.count, stream ?? sink, stream: stream, mayStream: !origin.isStdio, status: status)
        for (place, member) in members.enumerated() {
            let sink = BatchMember(exchange, place)
            switch member {
            case .refused(let rejection): sink.finish(rejection.bytes, status: rejection.httpStatus)
            case .ignored: sink.accepted()
            case .message(let inbound):
                serve(Admission.decide(inbound, over: facts, session: session, capabilities: capabilities), inbound, origin, sink)
            }
        }
    }
}
