import MCP
import PluginHost
import Scopes
import Transport

extension Engine {
    /// Serves a request that passed admission.
    func serve(_ inbound: Inbound, _ context: RequestContext, _ origin: Origin, _ sink: any ResponseSink) {
        guard let id = inbound.id else { return sink.accepted() }
        switch inbound.known {
        case .toolsCall:
            let key = origin.owner.map { InFlight.Key(owner: Fault.isOn("equal-ids-two-clients") ? 0 : $0, id: id) }
            whenReady(id, context, sink, key) { self.call(inbound, id, context, origin, key, sink) }
        case .toolsList:
            whenReady(id, context, sink) { self.list(inbound, id, context, origin, sink) }
        case .resourcesList: listResources(inbound, id, context, sink)
        case .resourceTemplatesList: listResourceTemplates(inbound, id, context, sink)
        case .resourcesRead: readResource(inbound, id, context, origin, sink)
        case .discover:
            sink.finish(
                encoder(for: context.version).discoverResult(id: id, capabilities: capabilities, instructions: instructions),
                status: 200)
        case .listen: listen(inbound, id, context, origin, sink)
        case .ping: sink.finish(encoder(for: context.version).emptyResult(id: id), status: 200)
        case .setLevel:
            switch SetLevel.parse(inbound) {
            case .success(let wanted):
                origin.session?.set(logLevel: wanted.level)
                sink.finish(encoder(for: context.version).emptyResult(id: id), status: 200)
            case .failure(let error): refuse(id, error, sink, status: error.httpStatus(context.era))
            }
        case .initialize, .initialized, .cancelled, nil:
            let error = ProtocolError.methodNotFound(inbound.method)
            refuse(id, error, sink, status: error.httpStatus(context.era))
        }
    }

    /// - Parameter key: what the request can be cancelled by while it waits; nil where it can't.
    private func whenReady(
        _ id: RequestID, _ context: RequestContext, _ sink: any ResponseSink, _ key: InFlight.Key? = nil,
        _ body: @escaping @Sendable () -> Void
    ) {
        if let settled = readiness.settled, settled == .ready { return body() }
        if let key, !inFlight.expect(key) { return refuseSecond(id, sink) }
        readiness.wait(atMost: limits.readiness) { outcome in
            if let key, !self.inFlight.arrived(key) { return sink.end() }
            switch outcome {
            case .ready: body()
            case .late: self.refuse(id, .internalError("the plugins are still being loaded; try again"), sink, status: 503)
            case .stopping: self.refuse(id, .internalError("the server is stopping"), sink, status: 503)
            }
        }
    }

    func refuseSecond(_ id: RequestID, _ sink: any ResponseSink) {
        refuse(id, .invalidRequest("a request with the id \(id) is under way"), sink, status: 400)
    }

    /// The session that a request's calls belong to.
    func hostSession(of origin: Origin) -> HostSession? {
        origin.isStdio ? table.withLock { $0.stdioHost } : origin.session?.host
    }

    private func list(
        _ inbound: Inbound, _ id: RequestID, _ context: RequestContext, _ origin: Origin, _ sink: any ResponseSink
    ) {
        switch ListParameters.parse(inbound) {
        case .failure(let error): refuse(id, error, sink, status: error.httpStatus(context.era))
        case .success(let parameters):
            // All tools fit one page, so no cursor was ever handed out.
            guard parameters.cursor == nil else {
                return refuse(id, .invalidCursor, sink, status: ProtocolError.invalidCursor.httpStatus(context.era))
            }
            let tools = host.catalog.tools(for: hostSession(of: origin)).tools.map(\.definition)
            sink.finish(encoder(for: context.version).toolsList(id: id, tools: tools), status: 200)
        }
    }

    private func call(
        _ inbound: Inbound, _ id: RequestID, _ context: RequestContext, _ origin: Origin, _ key: InFlight.Key?, _ sink: any ResponseSink
    ) {
        let wanted: ToolCall
        switch ToolCall.parse(inbound) {
        case .success(let call): wanted = call
        case .failure(let error): return refuse(id, error, sink, status: error.httpStatus(context.era))
        }
        let hostSession = hostSession(of: origin)
        guard let tool = host.catalog.tool(named: wanted.name, for: hostSession) else {
            let known = host.catalog.tools(for: hostSession).tools.map(\.definition.name)
            let error = ProtocolError.unknownTool(wanted.name, near: NearestName.of(wanted.name, among: known))
            return refuse(id, error, sink, status: error.httpStatus(context.era))
        }
        let now = runtime.now
        guard let metrics = accounts.admit(wanted.name, now: now) else {
            runtime.ledger.count("calls.rateLimited")
            let text = "\(wanted.name) is called more often than \(Int(limits.callRate)) times a second; try again"
            return sink.finish(encoder(for: context.version).toolResult(id: id, .failure(text)), status: 200)
        }
        guard beginCall() else {
            runtime.ledger.count("calls.refused")
            return refuse(id, .internalError("\(limits.calls) calls are under way, which is the limit; try again"), sink, status: 503)
        }
        let exchange = CallExchange(
            engine: self, id: id, context: context, sink: sink, key: key, session: hostSession, metrics: metrics, startedAt: now)
        if let key, !inFlight.insert(key, exchange) {
            callEnded()
            return refuseSecond(id, sink)
        }
        let request = CallRequest(arguments: wanted.arguments, context: context, session: hostSession, principal: "")
        guard let handle = tool.invoke(request, sink: exchange), !exchange.isFinished else { return }
        exchange.started(handle)
        if !origin.isStdio {
            let grace = limits.detachGrace
            sink.onGone { exchange.clientGone(detachGrace: grace) }
        }
    }
}
