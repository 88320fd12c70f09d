import JSON
import MCP
import PluginHost
import Scopes
import Transport

extension Engine {
    /// Serves a request that passed admission.
    func serve(_ inbound: Inbound, _ context: RequestContext, _ origin: Origin, _ sink: any ResponseSink) {
        guard let id = inbound.id else { return sink.accepted() }
        if let method = inbound.known, Self.needsPlugins(method) {
            let key = origin.owner.map { InFlight.Key(owner: Fault.isOn("equal-ids-two-clients") ? 0 : $0, id: id) }
            let request = ServedRequest(inbound: inbound, id: id, context: context, origin: origin, sink: sink, key: key)
            // The usual case, without a closure.
            guard readiness.settled != .ready else { return serve(method, request) }
            return whenReady(request) { self.serve(method, request) }
        }
        switch inbound.known {
        case .discover:
            sink.finish(
                encoder(for: context.version).discoverResult(id: id, capabilities: capabilities, instructions: instructions),
                status: 200)
        case .listen: listen(inbound, id, context, origin, sink)
        case .tasksGet: getTask(.init(inbound: inbound, id: id, context: context, origin: origin, sink: sink, key: nil))
        case .tasksUpdate: updateTask(.init(inbound: inbound, id: id, context: context, origin: origin, sink: sink, key: nil))
        case .tasksCancel: cancelTask(.init(inbound: inbound, id: id, context: context, origin: origin, sink: sink, key: nil))
        case .resourcesSubscribe: subscribe(inbound, id, context, origin, sink)
        case .resourcesUnsubscribe: unsubscribe(inbound, id, context, origin, sink)
        case .ping: sink.finish(encoder(for: context.version).emptyResult(id: id), status: 200)
        case .setLevel:
            switch SetLevel.parse(inbound) {
            case .success(let wanted):
                origin.session?.set(logLevel: wanted.level)
                sink.finish(encoder(for: context.version).emptyResult(id: id), status: 200)
            case .failure(let error): refuse(id, error, sink, status: error.httpStatus(context.era))
            }
        default:
            let error = ProtocolError.methodNotFound(inbound.method)
            refuse(id, error, sink, status: error.httpStatus(context.era))
        }
    }

    /// What can't be answered before the plugins are loaded.
    private static func needsPlugins(_ method: KnownMethod) -> Bool {
        switch method {
        case .toolsList, .toolsCall, .resourcesList, .resourceTemplatesList, .resourcesRead, .promptsList, .promptsGet, .complete: true
        case .initialize, .initialized, .ping, .discover, .setLevel, .resourcesSubscribe, .resourcesUnsubscribe, .listen, .tasksGet,
            .tasksUpdate, .tasksCancel,
            .cancelled:
            false
        }
    }

    private func serve(_ method: KnownMethod, _ request: ServedRequest) {
        switch method {
        case .toolsCall: callTool(request)
        case .toolsList: listTools(request)
        case .resourcesList: listResources(request)
        case .resourceTemplatesList: listResourceTemplates(request)
        case .resourcesRead: readResource(request)
        case .promptsList: listPrompts(request)
        case .promptsGet: getPrompt(request)
        case .complete: complete(request)
        case .initialize, .initialized, .ping, .discover, .setLevel, .resourcesSubscribe, .resourcesUnsubscribe, .listen, .tasksGet,
            .tasksUpdate, .tasksCancel,
            .cancelled:
            refuse(request, .methodNotFound(request.inbound.method))
        }
    }

    private func whenReady(_ request: ServedRequest, _ body: @escaping @Sendable () -> Void) {
        let key = Self.isCancellable(request.inbound.known) ? request.key : nil
        if let key, !inFlight.expect(key) { return refuseSecond(request) }
        readiness.wait(atMost: limits.readiness) { outcome in
            if let key, !self.inFlight.arrived(key) { return request.sink.end() }
            switch outcome {
            case .ready: body()
            case .late:
                self.refuse(request.id, .internalError("the plugins are still being loaded; try again"), request.sink, status: 503)
            case .stopping: self.refuse(request.id, .internalError("the server is stopping"), request.sink, status: 503)
            }
        }
    }

    /// Whether a handler serves it, which can be ended. Lists are answered at once.
    private static func isCancellable(_ method: KnownMethod?) -> Bool {
        switch method {
        case .toolsCall, .resourcesRead, .promptsGet, .complete: true
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
