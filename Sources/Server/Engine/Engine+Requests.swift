import JSON
import MCP
import PluginHost
import Scopes
import Transport

extension Engine {
    /// Serves a request that passed admission.
    func serve(_ inbound: Inbound, _ context: RequestContext, _ origin: Origin, _ sink: any ResponseSink) {
        guard let id = inbound.id else { return sink.accepted() }
        let key = origin.owner.map { InFlight.Key(owner: Fault.isOn("equal-ids-two-clients") ? 0 : $0, id: id) }
        let request = ServedRequest(inbound: inbound, id: id, context: context, origin: origin, sink: sink, key: key)
        guard let method = inbound.known else { return refuse(request, .methodNotFound(inbound.method)) }
        // The usual case, without a closure.
        guard readiness.settled != .ready, Self.needsPlugins(method, inbound) else { return serve(method, request) }
        whenReady(request) { self.serve(method, request) }
    }

    /// What can't be answered before the plugins are loaded.
    private static func needsPlugins(_ method: KnownMethod, _ inbound: Inbound) -> Bool {
        switch method {
        case .toolsList, .toolsCall, .resourcesList, .resourceTemplatesList, .resourcesRead, .resourcesSubscribe, .promptsList, .promptsGet,
            .complete:
            true
        // Which resources it is told of depends on which there are.
        case .listen: inbound.params?["notifications"]?["resourceSubscriptions"] != nil
        default: false
        }
    }

    private func serve(_ method: KnownMethod, _ request: ServedRequest) {
        switch method {
        case .toolsCall: callTool(request)
        case .toolsList: listTools(request)
        case .resourcesList: listResources(request)
        case .resourceTemplatesList: listResourceTemplates(request)
        case .resourcesRead: readResource(request)
        case .resourcesSubscribe: subscribe(request)
        case .resourcesUnsubscribe: unsubscribe(request)
        case .promptsList: listPrompts(request)
        case .promptsGet: getPrompt(request)
        case .complete: complete(request)
        case .listen: listen(request)
        case .tasksGet: getTask(request)
        case .tasksUpdate: updateTask(request)
        case .tasksCancel: cancelTask(request)
        case .discover:
            let encoder = encoder(for: request.context.version)
            request.sink.finish(
                encoder.discoverResult(id: request.id, capabilities: capabilities, instructions: instructions), status: 200)
        case .ping: acknowledge(request)
        case .setLevel:
            switch SetLevel.parse(request.inbound) {
            case .success(let wanted):
                request.origin.session?.set(logLevel: wanted.level)
                acknowledge(request)
            case .failure(let error): refuse(request, error)
            }
        case .initialize, .initialized, .cancelled: refuse(request, .methodNotFound(request.inbound.method))
        }
    }

    /// The answer of a request that asks for nothing.
    func acknowledge(_ request: ServedRequest) {
        request.sink.finish(encoder(for: request.context.version).emptyResult(id: request.id), status: 200)
    }

    private func whenReady(_ request: ServedRequest, _ body: @escaping @Sendable () -> Void) {
        let key = Self.isCancellable(request.inbound.known) ? request.key : nil
        if let key, !inFlight.expect(key) { return refuseSecond(request) }
        readiness.wait(atMost: limits.readiness) { outcome in
            if let key, !self.inFlight.arrived(key) { return request.sink.end() }
            switch outcome {
            case .ready: body()
            case .late:
                self.refuse(request, .unavailable("the plugins are still being loaded, for longer than plugin-wait; try again"))
            case .stopping: self.refuse(request, .stopping)
            }
        }
    }

    /// Whether a handler serves it, which can be ended, or it lasts. Lists are answered at once.
    private static func isCancellable(_ method: KnownMethod?) -> Bool {
        switch method {
        case .toolsCall, .resourcesRead, .promptsGet, .complete, .listen: true
        default: false
        }
    }

    func refuseSecond(_ request: ServedRequest) {
        refuse(request.id, .secondRequest(request.id), request.sink, status: 400)
    }

    func refuse(_ request: ServedRequest, _ error: ProtocolError) {
        refuse(request.id, error, request.sink, status: error.httpStatus(request.context.era))
    }

    /// The session that a request's calls belong to.
    func hostSession(of origin: Origin) -> HostSession? {
        origin.isStdio ? table.withLock { $0.stdioHost } : origin.session?.host
    }
}
