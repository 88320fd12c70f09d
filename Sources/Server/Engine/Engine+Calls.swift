import JSON
import MCP
import PluginHost
import Scopes
import Transport

/// Requests that become calls: of a tool, of a resource, of a prompt, of a completion. All travel one way.
extension Engine {
    func callTool(_ request: ServedRequest) {
        let wanted: ToolCall
        switch ToolCall.parse(request.inbound) {
        case .success(let call): wanted = call
        case .failure(let error): return refuse(request, error)
        }
        let session = hostSession(of: request.origin)
        guard let tool = host.catalog.tool(named: wanted.name, for: session) else {
            return refuse(request, .unknownTool(wanted.name))
        }
        call(tool.handler, as: wanted.name, wanted.arguments, session, request)
    }

    func readResource(_ request: ServedRequest) {
        let wanted: ResourceRead
        switch ResourceRead.parse(request.inbound) {
        case .success(let read): wanted = read
        case .failure(let error): return refuse(request, error)
        }
        guard ResourceDefinition.isURI(wanted.uri) else { return refuse(request, .invalidParams("uri must be an absolute URI")) }
        let session = hostSession(of: request.origin)
        if let own = resources.first(where: { $0.definition.uri == wanted.uri }) { return read(own, session, request) }
        if let resource = host.catalog.resource(wanted.uri, for: session) {
            return call(resource.handler, as: "resources/read \(wanted.uri)", wanted.arguments([]), session, request)
        }
        guard let (template, variables) = host.catalog.template(matching: wanted.uri, for: session) else {
            return refuse(request, .unknownResource(wanted.uri, request.context.era))
        }
        call(
            template.handler, as: "resources/read \(template.definition.template.text)", wanted.arguments(variables), session, request)
    }

    func getPrompt(_ request: ServedRequest) {
        let wanted: PromptGet
        switch PromptGet.parse(request.inbound) {
        case .success(let get): wanted = get
        case .failure(let error): return refuse(request, error)
        }
        let session = hostSession(of: request.origin)
        guard let prompt = host.catalog.prompt(named: wanted.name, for: session) else {
            return refuse(request, .unknownPrompt(wanted.name))
        }
        if let problem = prompt.definition.problem(in: wanted.arguments) { return refuse(request, .invalidParams(problem)) }
        call(prompt.handler, as: "prompts/get \(wanted.name)", wanted.arguments, session, request)
    }

    func complete(_ request: ServedRequest) {
        let wanted: CompletionRequest
        switch CompletionRequest.parse(request.inbound) {
        case .success(let completion): wanted = completion
        case .failure(let error): return refuse(request, error)
        }
        let session = hostSession(of: request.origin)
        let names: [String]
        let handler: Handler?
        switch wanted.reference {
        case .prompt(let name):
            guard let prompt = host.catalog.prompt(named: name, for: session) else { return refuse(request, .unknownPrompt(name)) }
            (names, handler) = (prompt.definition.arguments.map(\.name), prompt.completion)
        case .resource(let uri):
            if let template = host.catalog.template(uri, for: session) {
                (names, handler) = (template.definition.template.variables, template.completion)
            } else if host.catalog.resource(uri, for: session) != nil {
                (names, handler) = ([], nil)
            } else {
                return refuse(request, .invalidParams("ref.uri names no resource and no template that is offered here"))
            }
        }
        guard names.contains(wanted.argument) else {
            let known = names.isEmpty ? "it has none" : "it has \(names.joined(separator: ", "))"
            return refuse(request, .invalidParams("ref has no argument '\(wanted.argument)': \(known)"))
        }
        guard let handler else {
            return request.sink.finish(encoder(for: request.context.version).completionResult(id: request.id, nil), status: 200)
        }
        call(handler, as: "completion/complete \(handler.name)", wanted.arguments, session, request)
    }

    /// - Parameter account: what it is counted as.
    private func call(
        _ handler: Handler, as account: String, _ arguments: JSONValue?, _ session: HostSession?, _ request: ServedRequest
    ) {
        let now = runtime.now
        guard let metrics = accounts.admit(account, now: now) else {
            runtime.ledger.count("calls.rateLimited")
            let text = "\(account) is called more often than \(Int(limits.callRate)) times a second; try again"
            guard handler.kind == .tool else { return refuse(request, .internalError(text)) }
            return request.sink.finish(
                encoder(for: request.context.version).toolResult(id: request.id, .failure(text)), status: 200)
        }
        guard beginCall() else {
            runtime.ledger.count("calls.refused")
            let error = ProtocolError.internalError("\(limits.calls) calls are under way, which is the limit; try again")
            return refuse(request.id, error, request.sink, status: 503)
        }
        let exchange = CallExchange(
            engine: self, kind: handler.kind, request: request, session: session, metrics: metrics, startedAt: now)
        if let key = request.key, !inFlight.insert(key, exchange) {
            callEnded()
            return refuseSecond(request)
        }
        let call = CallRequest(arguments: arguments, context: request.context, session: session, principal: "")
        guard let handle = handler.invoke(call, sink: exchange), !exchange.isFinished else { return }
        exchange.started(handle)
        if !request.origin.isStdio {
            let grace = limits.detachGrace
            request.sink.onGone { exchange.clientGone(detachGrace: grace) }
        }
    }

    /// A resource of the host's own.
    private func read(_ resource: HostResource, _ session: HostSession?, _ request: ServedRequest) {
        let reader = HostResource.Reader(session: session, principal: "")
        let encoder = encoder(for: request.context.version)
        // A tree may be large: not on an event loop.
        runtime.executor.post {
            let contents = ResourceContents(
                uri: resource.definition.uri, mimeType: resource.definition.mimeType, body: .text(resource.read(reader)))
            request.sink.finish(encoder.resourceContents(id: request.id, [contents]), status: 200)
        }
    }
}
