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
    func subscribe(_ request: ServedRequest) {
        change(request) { session, uri in
            guard reads(uri, session.host) else { return .unknownResource(uri, request.context.era) }
            guard !session.subscribe(uri) else { return nil }
            let most = limits.pendingEvents
            return .limit(ReachedLimit("this session has \(most) subscriptions", value: most, setting: nil, isOfOne: true))
        }
    }

    func unsubscribe(_ request: ServedRequest) {
        change(request) { session, uri in
            session.unsubscribe(uri)
            return nil
        }
    }

    private func change(_ request: ServedRequest, _ body: (ProtocolSession, String) -> ProtocolError?) {
        guard let session = request.origin.session else {
            return refuse(request, .invalidRequest("subscriptions belong to a session: initialize first"))
        }
        switch ResourceSubscription.parse(request.inbound) {
        case .failure(let error): refuse(request, error)
        case .success(let wanted):
            if let error = body(session, wanted.uri) { return refuse(request, error) }
            acknowledge(request)
        }
    }

    /// Whether there is anything to be told of this resource: it can be read, or some that can lie below it.
    private func reads(_ uri: String, _ session: HostSession?) -> Bool {
        resources.contains { SubscriptionFilter.covers(uri, $0.definition.uri) } || host.catalog.resource(uri, for: session) != nil
            || host.catalog.template(matching: uri, for: session) != nil
            || host.catalog.resources(for: session).offers.contains { SubscriptionFilter.covers(uri, $0.definition.uri) }
    }

    var tooManyStreams: ProtocolError {
        .limit(ReachedLimit("\(limits.streams) streams are open", value: limits.streams, setting: "max-streams"), retryAfter: 10)
    }

    func listen(_ request: ServedRequest) {
        let wanted: SubscriptionFilter
        switch SubscriptionFilter.parse(request.inbound) {
        case .success(let filter): wanted = filter
        case .failure(let error): return refuse(request, error)
        }
        guard wanted.taskIDs == nil || request.context.client.declares(extension: TaskSnapshot.extensionID) else {
            return refuse(request, .missingTasks)
        }
        let sink = request.sink
        guard runtime.ledger.gauge("stream") < limits.streams else {
            runtime.ledger.count("streams.refused")
            return refuse(request, tooManyStreams)
        }
        let (origin, principal) = (request.origin, request.origin.peer.principal)
        // On stdio it belongs to the connection, which is a session, and can be cancelled by its id; else to the server.
        let session = origin.isStdio ? hostSession(of: origin) : nil
        let key = origin.isStdio ? request.key : nil
        let filter = wanted.honoured(by: capabilities, reads: { reads($0, session) }, knows: { tasks.find($0, of: principal) != nil })
        let listen = Listen(
            self, id: request.id, principal: principal, filter: filter,
            encoder: encoder(for: request.context.version), sessionKey: session?.key, key: key, sink: sink)
        if let key, !inFlight.insert(key, listen) { return refuseSecond(request) }
        do {
            try (session?.scope ?? scope).add(listen)
        } catch {
            if let key { inFlight.remove(key) }
            return refuse(request, .stopping)
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
