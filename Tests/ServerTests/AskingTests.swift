import JSON
import MCP
import PluginHost
import Scopes
import TestSupport
import Testing
import Transport

@testable import Server

/// Asking legacy clients (A12), as far as it can't be seen from outside.
@Suite struct AskingTests {
    /// The time for an answer is nothing that waits on once there is one.
    @Test func theTimeOfAQuestionEndsWithItsAnswer() async throws {
        // Time stands still: no timer comes or goes by itself.
        let server = try TestServer(runtime: .manual())
        server.load()
        let initialize = TestServer.initialize.replacing("\"capabilities\":{}", with: "\"capabilities\":{\"elicitation\":{}}")
        let opened = try #require(server.send(initialize, .http(HTTPFacts())).answer)
        let session = try #require(opened.headers.first { "\($0.name)" == "Mcp-Session-Id" }).value
        let timers = server.ambit.runtime.timers
        let before = timers.count
        let call = try server.callLegacy(session, "question", id: "1")
        // The call's own limit, the age of what its client may ask for again, and the question's.
        #expect(eventually { timers.count == before + 3 })
        let question = try JSONDocument(parsing: try #require(call.messages.first { $0.contains("elicitation/create") })).root
        let id = try #require(question["id"]?.string)
        _ = try server.legacy(session, #"{"jsonrpc":"2.0","id":"\#(id)","result":{"action":"accept","content":{"a":"b"}}}"#)
        #expect(timers.count == before + 2)
        #expect(await server.stop().isClean)
    }
}
