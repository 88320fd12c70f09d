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

    /// Lists have changed for some (A13): each is told once for what came together.
    func listsChanged(_ changes: Set<Catalog.Change>) {
        // Whoever asks while the plugins are loaded waits for them, and gets the whole list.
        guard readiness.settled == .ready else { return }
        for kind in Catalog.Kind.allCases {
            let audience = Set(changes.lazy.filter { $0.kind == kind }.map(\.audience))
            if !audience.isEmpty { hub.publish(ServerEvent(listOf: kind), to: audience) }
        }
    }

    /// What reading some URIs gives has changed.
    func resourcesUpdated(_ updates: Set<Catalog.ResourceUpdate>) {
        for (uri, updates) in Dictionary(grouping: updates, by: \.uri) {
            hub.publish(.resourceUpdated(uri: uri), to: Set(updates.map(\.audience)))
        }
    }

    /// `resources/subscribe` of the legacy era (DIGEST 2.5).
    func subscribe(_ inbound: Inbound, _ id: RequestID, _ context: RequestContext, _ origin: Origin, _ sink: any ResponseSink) {
        change(inbound, id, context, origin, sink) { session, uri in
            session.subscribe(uri) ? nil : .invalidRequest("\(limits.pendingEvents) subscriptions of one session are the most")
        }
    }

    func unsubscribe(_ inbound: Inbound, _ id: RequestID, _ context: RequestContext, _ origin: Origin, _ sink: any ResponseSink) {
        change(inbound, id, context, origin, sink) { session, uri in
            session.unsubscribe(uri)
            return nil
        }
    }

    private func change(
        _ inbound: Inbound, _ id: RequestID, _ context: RequestContext, _ origin: Origin, _ sink: any ResponseSink,
        _ body: (ProtocolSession, String) -> ProtocolError?
    ) {
        guard let session = origin.session else {
            return refuse(id, .invalidRequest("subscriptions belong to a session: initialize first"), sink, status: 400)
        }
        switch ResourceSubscription.parse(inbound) {
        case .failure(let error): refuse(id, error, sink, status: error.httpStatus(context.era))
        case .success(let wanted):
            if let error = body(session, wanted.uri) { return refuse(id, error, sink, status: error.httpStatus(context.era)) }
            sink.finish(encoder(for: context.version).emptyResult(id: id), status: 200)
        }
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
        guard wanted.taskIDs == nil || context.client.declares(extension: TaskSnapshot.extensionID) else {
            return refuse(id, .missingTasks, sink, status: ProtocolError.missingTasks.httpStatus(context.era))
        }
        let principal = origin.peer.principal
        // On stdio it belongs to the connection, which is a session; else to the server.
        let session = origin.isStdio ? hostSession(of: origin) : nil
        let key = origin.isStdio ? origin.owner.map { InFlight.Key(owner: $0, id: id) } : nil
        let listen = Listen(
            self, id: id, principal: principal,
            filter: wanted.honoured(by: capabilities) { tasks.find($0, of: principal) != nil }, encoder: encoder(for: context.version),
            sessionKey: session?.key,
            key: key, sink: sink)
        if let key, !inFlight.insert(key, listen) { return refuse(id, .secondRequest(id), sink, status: 400) }
        do {
            try (session?.scope ?? scope).add(listen)
        } catch {
            if let key { inFlight.remove(key) }
            return refuse(id, .internalError("the server is stopping"), sink, status: 503)
        }
        listen.begin(until: origin.peer.identity?.expiry)
        if !origin.isStdio { sink.onGone { listen.clientGone() } }
    }
}

extension ServerEvent {
    fileprivate init(listOf kind: Catalog.Kind) {
        self =
            switch kind {
            case .tools: .toolsListChanged
            case .resources: .resourcesListChanged
            case .prompts: .promptsListChanged
            }
    }
}

/// What the transport of stdio is to the engine.
struct WeakOutlet: Sendable {
    private(set) weak var outlet: (any MessageOutlet)?

    init(_ outlet: any MessageOutlet) { self.outlet = outlet }
}
