import JSON
import Logging
import MCP
import PluginHost
import Scopes
import Testing
import Transport

@testable import Server

/// A whole server without a transport: messages go straight to its engine.
final class TestServer {
    let ambit: Ambit
    var engine: Engine { ambit.engine }
    static let peer = Peer(channel: 7, isLoopback: true, address: "test")
    static let modernMeta =
        "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\",\"io.modelcontextprotocol/clientCapabilities\":{}"

    init(plugin: Bool = true, runtime: Runtime = Runtime(), change: (inout AmbitConfiguration) -> Void = { _ in }) throws {
        var configuration = AmbitConfiguration()
        configuration.launcher = "/nonexistent/ambit-launcher"
        configuration.loading.cache = try TestPlugin.folder()
        if plugin { configuration.plugins = [ConfiguredPlugin(PluginSpec(path: try TestPlugin.path()))] }
        change(&configuration)
        ambit = try Ambit(configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, runtime: runtime)
    }

    func load() { ambit.loadPlugins() }

    /// Ends everything, and returns what was left behind.
    func stop() async -> Report {
        let ambit = self.ambit
        return await withCheckedContinuation { continuation in
            ambit.stop(Reason(.shutdown, by: "test")) { continuation.resume(returning: $0) }
        }
    }

    @discardableResult
    func send(_ text: String, _ facts: TransportFacts) throws -> FakeSink {
        let sink = FakeSink()
        switch try InboundFrame.parse(Array(text.utf8)).get() {
        case .message(let inbound): engine.receive(inbound, over: facts, from: Self.peer, sink: sink)
        case .batch(let batch): engine.receive(batch, over: facts, from: Self.peer, sink: sink)
        }
        return sink
    }

    func modern(_ method: String, id: String = "1", params: String = "", meta: String = "", name: String? = nil) throws -> FakeSink {
        let facts = HTTPFacts(protocolVersion: ["2026-07-28"], method: [method], name: name.map { [$0] } ?? [])
        return try send(
            "{\"jsonrpc\":\"2.0\",\"id\":\(id),\"method\":\"\(method)\",\"params\":{\(params.isEmpty ? "" : params + ",")\(Self.modernMeta)\(meta)}}}",
            .http(facts))
    }

    func callModern(_ tool: String, id: String = "1", meta: String = "") throws -> FakeSink {
        try modern("tools/call", id: id, params: "\"name\":\"\(tool)\",\"arguments\":{\"a\":1}", meta: meta, name: tool)
    }

    func legacy(_ session: String, _ message: String) throws -> FakeSink {
        try send(message, .http(HTTPFacts(protocolVersion: ["2025-11-25"], sessionID: session)))
    }

    func callLegacy(_ session: String, _ tool: String, id: String) throws -> FakeSink {
        try legacy(
            session,
            "{\"jsonrpc\":\"2.0\",\"id\":\(id),\"method\":\"tools/call\",\"params\":{\"name\":\"\(tool)\",\"_meta\":{\"progressToken\":1}}}"
        )
    }

    static let initialize =
        "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{\"protocolVersion\":\"2025-11-25\",\"capabilities\":{},\"clientInfo\":{\"name\":\"c\",\"version\":\"1\"}}}"

    /// Opens a legacy session over HTTP; its id.
    func session(_ version: String = "2025-11-25") throws -> String {
        let answer = try #require(send(Self.initialize.replacing("2025-11-25", with: version), .http(HTTPFacts())).answer)
        #expect(answer.status == 200)
        return try #require(answer.headers.first { "\($0.name)" == "Mcp-Session-Id" }).value
    }
}
