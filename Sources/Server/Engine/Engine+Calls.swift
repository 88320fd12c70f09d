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
            if let error = absence(of: .tool, wanted.name) { return refuse(request, error) }
            let known = host.catalog.tools(for: session).offers.map(\.definition.name)
            return refuse(request, .unknownTool(wanted.name, near: NearestName.of(wanted.name, among: known)))
        }
        if let refusal = access?.refusal(tool: wanted.name, to: request.origin.peer) {
            let error = MessageEncoder.error(id: request.id, .invalidRequest(refusal.message))
            return request.sink.finish(error, status: refusal.status, headers: refusal.headers)
        }
        if request.context.era == .modern, case .http(let facts) = request.origin.way,
            let error = tool.definition.headerMismatch(arguments: wanted.arguments, headers: facts.parameters)
        {
            return refuse(request, error)
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
            return refuse(request, absence(of: .resource, wanted.uri) ?? .unknownResource(wanted.uri, request.context.era))
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
            if let error = absence(of: .prompt, wanted.name) { return refuse(request, error) }
            let known = host.catalog.prompts(for: session).offers.map(\.definition.name)
            return refuse(request, .unknownPrompt(wanted.name, near: NearestName.of(wanted.name, among: known)))
        }
        if let problem = prompt.definition.problem(in: wanted.arguments) { return refuse(request, .invalidParams(problem)) }
        call(prompt.handler, as: "prompts/get \(wanted.name)", wanted.arguments, session, request)
    }

    /// Of what nobody offers now, though a plugin did that is not there for the moment.
    private func absence(of kind: CallKind, _ key: String) -> ProtocolError? {
        guard let absence = host.absence(of: kind, key) else { return nil }
        let what = "the plugin '\(absence.plugin)', which has the \(kind.noun) '\(ProtocolError.brief(key))',"
        guard let failure = absence.failure else {
            return .unavailable("\(what) is being restarted; try again", reason: "plugin_restarting")
        }
        return .unavailable("\(what) has failed: \(failure)", reason: "plugin_failed", retryAfter: nil)
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
        let context = request.context
        let responses: InputResponses?
        switch context.era == .modern && handler.kind.canAsk ? InputResponses.parse(request.inbound).map(Optional.some) : .success(nil) {
        case .success(let brought): responses = brought
        case .failure(let error): return refuse(request, error)
        }
        guard let taskWish = taskWish(handler, context) else { return refuse(request, .missingTasks) }
        let principal = request.origin.peer.principal
        let stream = self.stream(of: request)
        let wire = CallExchange.Wire(
            request, encoder: encoder(for: context.version), sink: sink(of: request, stream), stream: stream)
        // Only what begins is charged: a call that goes on was, when it began.
        let now = runtime.now
        var admission: Result<ToolMetrics, NotAdmitted>?
        func admits() -> Bool {
            let made = admit(account, now: now)
            admission = made
            if case .success = made { return true }
            return false
        }
        var earlier: [(key: String, value: JSONValue)] = []
        if let responses, let sealed = responses.state {
            // Before anything is redeemed: the next request, with another id, needs it.
            if let key = request.key, inFlight.has(key) { return refuseSecond(request) }
            switch redeem(sealed, principal: principal, handler, arguments: arguments, admits: admits) {
            case .failure(let error): return refuse(request, error)
            case .success(.begins(let answers)): earlier = answers
            case .success(.refused): break
            case .success(.resumes(let exchange)):
                if let key = request.key, !inFlight.insert(key, exchange) { return refuseSecond(request) }
                watch(exchange, wire, request.origin)
                return exchange.resume(wire, responses)
            }
        }
        let metrics: ToolMetrics
        switch admission ?? admit(account, now: now) {
        case .success(let account): metrics = account
        case .failure(let why): return refuse(request, handler, why, account)
        }
        let subject = CallExchange.Subject(
            principal: principal, handler: handler, arguments: arguments, questions: request.origin.session?.questions)
        let exchange = CallExchange(
            engine: self, wire: wire, subject: subject, session: session, metrics: metrics, startedAt: now, responses: responses,
            earlier: earlier, taskWish: taskWish)
        if let key = request.key, !inFlight.insert(key, exchange) {
            callEnded()
            return refuseSecond(request)
        }
        let call = CallRequest(
            arguments: arguments, context: context, session: session, principal: principal,
            endsSessions: request.inbound.meta?[OwnMeta.endSession]?.bool == true)
        guard case .after(0) = taskWish else { return begin(call, exchange, wire, request.origin) }
        exchange.becomeTask { [self] _, isUnstored in
            guard !isUnstored || handler.task != .required else {
                return exchange.finish(.failure(.unavailable("the task can't be stored; see the server's log")))
            }
            // Its client did not wait for that.
            if let reason = exchange.cancellation { return exchange.finish(.cancelled(reason)) }
            begin(call, exchange, wire, request.origin)
        }
    }

    private func begin(_ call: CallRequest, _ exchange: CallExchange, _ wire: CallExchange.Wire, _ origin: Origin) {
        guard let handle = exchange.subject.handler.invoke(call, sink: exchange), !exchange.isFinished else { return }
        exchange.started(handle)
        watch(exchange, wire, origin)
    }

    /// Why a call may not begin.
    private enum NotAdmitted: Error { case rate, calls }

    /// Counts a call that begins, unless there are too many.
    private func admit(_ account: String, now: Int64) -> Result<ToolMetrics, NotAdmitted> {
        guard let metrics = accounts.admit(account, now: now) else {
            runtime.ledger.count("calls.rateLimited")
            return .failure(.rate)
        }
        guard beginCall() else {
            runtime.ledger.count("calls.refused")
            return .failure(.calls)
        }
        return .success(metrics)
    }

    private func refuse(_ request: ServedRequest, _ handler: Handler, _ why: NotAdmitted, _ account: String) {
        switch why {
        case .rate:
            let rate = limits.callRate
            let number = rate == rate.rounded() && rate < 1e15 ? "\(Int(rate))" : "\(rate)"
            guard handler.kind == .tool else {
                let limit = ReachedLimit(
                    "\(account) is asked for \(number) times a second", value: Int(exactly: rate), setting: "call-rate")
                return refuse(request, .limit(limit, retryAfter: Int(min(3600, max(1, (1 / rate).rounded(.up)))), status: 429))
            }
            let text = "\(account) is called more often than \(number) times a second, the most that call-rate allows; try again later"
            request.sink.finish(
                encoder(for: request.context.version).toolResult(id: request.id, .failure(text)), status: 200)
        case .calls:
            refuse(request, .limit(ReachedLimit("\(limits.calls) calls are under way", value: limits.calls, setting: "max-calls")))
        }
    }

    /// When a call becomes a task; nil: only as one, and its client knows no tasks. Sessions have none: there such a tool answers when it is done.
    private func taskWish(_ handler: Handler, _ context: RequestContext) -> CallExchange.TaskWish? {
        guard context.era == .modern, handler.task != .never else { return .never }
        let isKnown = context.client.declares(extension: TaskSnapshot.extensionID)
        switch handler.task {
        case .never: return .never
        case .optional: return isKnown ? .after(tasks.limits.after) : .never
        case .required: return isKnown ? .after(0) : nil
        }
    }

    /// Tells the call when nobody reads the answer of this request any more.
    private func watch(_ exchange: CallExchange, _ wire: CallExchange.Wire, _ origin: Origin) {
        if origin.isStdio { return }
        let limits = limits
        guard let stream = wire.stream else {
            return wire.sink.onGone { exchange.clientGone(wire.id, 1, grace: .init(limits.detachGrace, "detach-grace")) }
        }
        stream.follow { presence in
            guard presence.isAway else { return exchange.clientBack(presence.number) }
            exchange.clientGone(
                wire.id, presence.number,
                grace: presence.isNamed
                    ? .init(limits.resumeGrace + presence.retry, "resume-grace") : .init(limits.detachGrace, "detach-grace"))
        }
    }

    /// A resource of the host's own.
    private func read(_ resource: HostResource, _ session: HostSession?, _ request: ServedRequest) {
        let reader = HostResource.Reader(session: session, principal: request.origin.peer.principal)
        let encoder = encoder(for: request.context.version)
        // A tree may be large: not on an event loop.
        runtime.executor.post {
            let contents = ResourceContents(
                uri: resource.definition.uri, mimeType: resource.definition.mimeType, body: .text(resource.read(reader)))
            request.sink.finish(encoder.resourceContents(id: request.id, [contents]), status: 200)
        }
    }
}
