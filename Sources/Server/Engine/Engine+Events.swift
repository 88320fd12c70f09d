import MCP
import PluginHost
import Scopes
package import Transport

extension Engine {
    /// Where messages outside of requests go on a stdio connection. Kept weakly: the transport keeps the engine.
    package func setStdio(_ outlet: any MessageOutlet) { table.withLock { $0.stdioOutlet = WeakOutlet(outlet) } }

    var stdioOutlet: (any MessageOutlet)? { table.withLock { $0.stdioOutlet?.outlet } }

    func notifyStdio(_ message: [UInt8]) {
        if stdioOutlet?.notify(message) != .queued { runtime.ledger.count("notifications.unsent") }
    }

    /// The list of tools has changed for some (A13).
    func toolsChanged(_ changes: Set<Catalog.Change>) {
        // Whoever asks while the plugins are loaded waits for them, and gets the whole list.
        guard readiness.settled == .ready else { return }
        hub.publish(.toolsListChanged, to: changes)
    }

    func listen(
        _ inbound: Inbound, _ id: RequestID, _ context: RequestContext, _ origin: Origin, _ sink: any ResponseSink
    ) {
        let wanted: SubscriptionFilter
        switch SubscriptionFilter.parse(inbound) {
        case .success(let filter): wanted = filter
        case .failure(let error): return refuse(id, error, sink, status: error.httpStatus(context.era))
        }
        guard runtime.ledger.gauge("stream") < limits.streams else {
            runtime.ledger.count("streams.refused")
            return refuse(id, .internalError("\(limits.streams) streams are open, which is the limit"), sink, status: 503)
        }
        // On stdio it belongs to the connection, which is a session; else to the server.
        let session = origin.isStdio ? hostSession(of: origin) : nil
        let key = origin.isStdio ? origin.owner.map { InFlight.Key(owner: $0, id: id) } : nil
        let listen = Listen(
            self, id: id, filter: wanted.honoured(by: capabilities), encoder: encoder(for: context.version), sessionKey: session?.key,
            key: key, sink: sink)
        if let key, !inFlight.insert(key, listen) { return refuseSecond(id, sink) }
        do {
            try (session?.scope ?? scope).add(listen)
        } catch {
            if let key { inFlight.remove(key) }
            return refuse(id, .internalError("the server is stopping"), sink, status: 503)
        }
        listen.begin()
        if !origin.isStdio { sink.onGone { listen.clientGone() } }
    }
}

/// What the transport of stdio is to the engine.
struct WeakOutlet: Sendable {
    private(set) weak var outlet: (any MessageOutlet)?

    init(_ outlet: any MessageOutlet) { self.outlet = outlet }
}
