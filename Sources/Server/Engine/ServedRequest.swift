import MCP
import Transport

/// A request that passed admission, on its way to what serves it.
struct ServedRequest: Sendable {
    let inbound: Inbound
    let id: RequestID
    let context: RequestContext
    let origin: Origin
    let sink: any ResponseSink
    /// What it can be cancelled by; nil where nothing refers to it.
    let key: InFlight.Key?
}
