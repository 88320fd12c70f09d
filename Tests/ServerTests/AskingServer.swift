import JSON
import MCP
import PluginHost
import Scopes
import Testing

@testable import Server

/// A server with the tools that ask and that become tasks, and clients of 2026-07-28 that can be asked.
struct AskingServer {
    let server: TestServer
    var engine: Engine { server.engine }

    init(runtime: Runtime = Runtime(), change: (inout AmbitConfiguration) -> Void = { _ in }) throws {
        server = try TestServer(plugin: false, runtime: runtime) { configuration in
            configuration.plugins = (try? TestPlugin.pathOfMore()).map { [ConfiguredPlugin(PluginSpec(path: $0))] } ?? []
            change(&configuration)
        }
        server.load()
        try #require(server.ambit.pluginErrors.isEmpty && !server.ambit.host.instances.isEmpty)
    }

    static let answer = #"{"action":"accept","content":{"a":"b"}}"#
    static let wrong = #"{"action":"accept","content":{"a":4711}}"#

    /// - Parameters:
    ///   - knowsTasks: what its client declares.
    ///   - state: what it was given; it brings an answer along then.
    ///   - answer: another one; without a state, too.
    func call(
        _ tool: String, arguments: String = "{}", knowsTasks: Bool = false, state: String? = nil, answer: String? = nil,
        over way: TransportFacts? = nil
    ) throws -> FakeSink {
        let capabilities = knowsTasks ? #"{"elicitation":{},"extensions":{"io.modelcontextprotocol/tasks":{}}}"# : #"{"elicitation":{}}"#
        let given = answer ?? state.map { _ in Self.answer }
        let retry =
            (state.map { #""requestState":"\#($0)","# } ?? "") + (given.map { #""inputResponses":{"k":\#($0)},"# } ?? "")
        let meta = TestServer.modernMeta.replacing(#"clientCapabilities":{}"#, with: #"clientCapabilities":\#(capabilities)"#)
        let facts = HTTPFacts(protocolVersion: ["2026-07-28"], method: ["tools/call"], name: [tool])
        return try server.send(
            #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"\#(tool)","arguments":\#(arguments),\#(retry)\#(meta)}}}"#,
            way ?? .http(facts))
    }

    /// Of a call that asks: its state.
    func ask(_ tool: String, arguments: String = "{}") async throws -> String {
        let result = try #require(await call(tool, arguments: arguments).ended()?.message?["result"])
        try #require(result["resultType"]?.string == "input_required")
        return try #require(result["requestState"]?.string)
    }

    func task(_ id: String) throws -> JSONValue {
        let meta = TestServer.modernMeta.replacing(
            #"clientCapabilities":{}"#, with: #"clientCapabilities":{"extensions":{"io.modelcontextprotocol/tasks":{}}}"#)
        let facts = HTTPFacts(protocolVersion: ["2026-07-28"], method: ["tasks/get"], name: [id])
        let sink = try server.send(
            #"{"jsonrpc":"2.0","id":1,"method":"tasks/get","params":{"taskId":"\#(id)",\#(meta)}}}"#, .http(facts))
        return try #require(sink.answer?.message?["result"])
    }
}
