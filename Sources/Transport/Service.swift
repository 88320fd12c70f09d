package import MCP

/// What the transports talk to: the engine. It knows no socket; whatever is bound to one exchange comes as a sink.
///
/// Every function is called on a transport thread (an event loop, or the reader of stdin) and must not block.
package protocol Service: AnyObject, Sendable {
    /// One message that was read whole and parsed. The sink is finished, ended or accepted exactly once, on any thread.
    func receive(_ inbound: Inbound, over facts: TransportFacts, from peer: Peer, sink: any ResponseSink)
    /// The same for several that came at once.
    func receive(_ batch: InboundBatch, over facts: TransportFacts, from peer: Peer, sink: any ResponseSink)
    /// GET on the endpoint: the legacy stream of a session (DIGEST 2.4).
    func openStream(_ facts: HTTPFacts, from peer: Peer, sink: any ResponseSink)
    /// DELETE on the endpoint: the client ends its legacy session.
    func endSession(_ facts: HTTPFacts, from peer: Peer, sink: any ResponseSink)
    /// A page beside the endpoint (health, debug). Nil: there is no such page.
    func page(_ request: PageRequest, respond: @escaping @Sendable (Page) -> Void) -> Bool
}
