public import AmbitPlugin
internal import JSON
internal import MCP
internal import PluginHost
internal import Scopes

extension TestHost {
    /// Calls a tool and waits for its result; on a manual clock time passes as soon as nothing else is left to wait for.
    ///
    /// - Parameter session: a protocol session; the client is one of the older era then.
    ///
    /// Throws `TestCallError` where there is no result, `TestHostError` where there is no such tool.
    public func call(
        _ tool: String, _ arguments: AmbitPlugin.JSON = [:], session: TestSession? = nil, client: TestClient = TestClient()
    ) async throws -> TestResult {
        try await start(tool, arguments, session: session, client: client).result()
    }

    /// Begins a call and returns. Time stands still until `advance`, or `TestCall.result`.
    public func start(
        _ tool: String, _ arguments: AmbitPlugin.JSON = [:], session: TestSession? = nil, client: TestClient = TestClient()
    ) throws(TestHostError) -> TestCall {
        guard let found = host.catalog.tool(named: tool, for: session?.session) else {
            throw TestHostError("there is no tool \"\(tool)\"; offered are \(tools(in: session).joined(separator: ", "))")
        }
        return try start(found.handler, "the arguments of \"\(tool)\"", arguments, session, client)
    }

    /// Reads a resource, by itself or through a template: `TestResult.contents`.
    ///
    /// Throws `TestCallError` where there is no result, `TestHostError` where nothing offered has this URI.
    public func read(_ uri: String, session: TestSession? = nil, client: TestClient = TestClient()) async throws -> TestResult {
        let read = ResourceRead(uri: uri)
        let (handler, arguments): (Handler, JSONValue)
        if let resource = host.catalog.resource(uri, for: session?.session) {
            (handler, arguments) = (resource.handler, read.arguments([]))
        } else if let (template, variables) = host.catalog.template(matching: uri, for: session?.session) {
            (handler, arguments) = (template.handler, read.arguments(variables))
        } else {
            throw TestHostError("there is no resource \"\(uri)\", and no template that it matches")
        }
        return try await start(handler, uri, AmbitPlugin.JSON(arguments), session, client).result()
    }

    /// Fills in a prompt; a message for each block of the result, said by `TestResult.roles`.
    ///
    /// Throws `TestCallError` where there is no result, `TestHostError` where there is no such prompt or its arguments are wrong.
    public func prompt(
        _ name: String, _ arguments: [String: String] = [:], session: TestSession? = nil, client: TestClient = TestClient()
    ) async throws -> TestResult {
        guard let prompt = host.catalog.prompt(named: name, for: session?.session) else {
            throw TestHostError("there is no prompt \"\(name)\"")
        }
        let given = AmbitPlugin.JSON.object(.init(arguments.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
        if let problem = prompt.definition.problem(in: try JSONDocument(parsing: given.text).root) { throw TestHostError(problem) }
        return try await start(prompt.handler, name, given, session, client).result()
    }

    /// What is suggested for an argument of a prompt or a variable of a template, for what was typed.
    ///
    /// - Parameters:
    ///   - what: the prompt's name, or the template.
    ///   - arguments: what is given for the others already.
    public func complete(
        _ what: String, _ argument: String, _ value: String, given arguments: [String: String] = [:], session: TestSession? = nil,
        client: TestClient = TestClient()
    ) async throws -> [String] {
        let prompt = host.catalog.prompt(named: what, for: session?.session)
        let template = host.catalog.template(what, for: session?.session)
        guard prompt != nil || template != nil else { throw TestHostError("there is no prompt and no template \"\(what)\"") }
        guard let handler = prompt?.completion ?? template?.completion else { return [] }
        let ref: AmbitPlugin.JSON =
            prompt != nil ? ["type": "ref/prompt", "name": .string(what)] : ["type": "ref/resource", "uri": .string(what)]
        let others = AmbitPlugin.JSON.object(.init(arguments.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
        let result = try await start(
            handler, what,
            [
                "ref": ref, "argument": ["name": .string(argument), "value": .string(value)],
                "context": ["arguments": others],
            ], session, client
        ).result()
        guard case .array(let values)? = result.structured?["values"] else { return [] }
        return values.compactMap { if case .string(let text) = $0 { text } else { nil } }
    }

    private func start(
        _ handler: Handler, _ what: String, _ arguments: AmbitPlugin.JSON, _ session: TestSession?, _ client: TestClient
    ) throws(TestHostError) -> TestCall {
        let request: CallRequest
        var answers: [String: JSONValue] = [:]
        do {
            for (key, answer) in client.answers { answers[key] = try JSONDocument(parsing: answer.text).root }
            let info: AmbitPlugin.JSON = ["name": .string(client.name), "version": "1"]
            request = CallRequest(
                arguments: try JSONDocument(parsing: arguments.text).root,
                context: RequestContext(
                    version: session != nil || client.era == .legacy ? .latestLegacy : .latestModern,
                    client: ClientDescription(
                        info: try JSONDocument(parsing: info.text).root,
                        capabilities: try client.capabilities.map { try JSONDocument(parsing: $0.text).root }),
                    logLevel: client.logLevel.flatMap { MCP.LogLevel(rawValue: Int($0.rawValue)) },
                    progressToken: client.wantsProgress ? .integer(1) : nil),
                session: session?.session, principal: client.principal)
        } catch {
            throw TestHostError("\(what): not valid JSON: \(error)")
        }
        let attached = session?.session
        attached?.attach()
        let sink = TestSink(request.context, answers, runtime.executor) { attached?.detach() }
        return TestCall(self, sink, handler.invoke(request, sink: sink))
    }
}
