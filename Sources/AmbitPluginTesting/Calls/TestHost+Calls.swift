public import AmbitPlugin
internal import JSON
internal import MCP
internal import PluginHost

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
        let request: CallRequest
        do {
            let info: AmbitPlugin.JSON = ["name": .string(client.name), "version": "1"]
            request = CallRequest(
                arguments: try JSONDocument(parsing: arguments.text).root,
                context: RequestContext(
                    version: session != nil || client.era == .legacy ? .latestLegacy : .latestModern,
                    client: ClientDescription(info: try JSONDocument(parsing: info.text).root, capabilities: nil),
                    logLevel: client.logLevel.flatMap { MCP.LogLevel(rawValue: Int($0.rawValue)) },
                    progressToken: client.wantsProgress ? .integer(1) : nil),
                session: session?.session, principal: client.principal)
        } catch {
            throw TestHostError("the arguments of \"\(tool)\" are not valid JSON: \(error)")
        }
        let attached = session?.session
        attached?.attach()
        let sink = TestSink { attached?.detach() }
        return TestCall(self, sink, found.invoke(request, sink: sink))
    }
}
