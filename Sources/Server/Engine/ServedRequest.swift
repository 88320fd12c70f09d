import MCP
import Transport

/// A request that passed admission, on its way to what serves it.
final class ServedRequest: Sendable {
    let inbound: Inbound
    let id: RequestID
    let context: RequestContext
    let origin: Origin
    let sink: any ResponseSink
    /// What it can be cancelled by; nil where nothing refers to it.
    let key: InFlight.Key?

    init(inbound: Inbound, id: RequestID, context: RequestContext, origin: Origin, sink: any ResponseSink, key: InFlight.Key?) {
        self.inbound = inbound
        self.id = id
        self.context = context
        self.origin = origin
        self.sink = sink
        self.key = key
    }
}
