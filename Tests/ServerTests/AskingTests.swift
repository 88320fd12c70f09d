import JSON
import MCP
import PluginHost
import Scopes
import TestSupport
import Testing
import Transport

@testable import Server

/// Asking clients (A12), as far as it can't be seen from outside.
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

    @Test func whatIsKeptForSuspendedCallsIsBoundedInBytes() async throws {
        let server = try AskingServer { $0.limits.suspended.bytes = 8192 }
        let large = #"{"x":"\#(String(repeating: "x", count: 5000))"}"#
        let state = try await server.ask("inquire", arguments: large)
        let refused = await (try server.call("inquire", arguments: large)).ended()
        #expect(refused?.code == -32603)
        #expect(refused?.text.contains("calls that wait for their clients would take more than 8192 bytes") == true)
        // What is smaller has room, and what was redeemed takes none.
        _ = try await server.ask("inquire")
        #expect(await (try server.call("inquire", arguments: large, state: state)).ended()?.text.contains(#"\"a\":\"b\""#) == true)
        _ = try await server.ask("inquire", arguments: large)
        #expect(server.engine.suspended.count == 2)
        #expect(await server.server.stop().isClean)
    }

    @Test func aCallThatGoesOnIsNotChargedAgain() async throws {
        let server = try AskingServer(runtime: .manual()) { configuration in
            configuration.limits.callRate = 0.5
            configuration.limits.callBurst = 1
        }
        let state = try await server.ask("inquire")
        #expect(await (try server.call("inquire", state: state)).ended()?.text.contains(#"\"a\":\"b\""#) == true)
        let second = try server.call("inquire").answer
        #expect(second?.text.contains("more often than 0.5 times a second") == true)
        #expect(await server.server.stop().isClean)
    }

    @Test func aStateWorksAgainWhereItsCallWasNotAdmitted() async throws {
        let server = try AskingServer(runtime: .manual()) { configuration in
            // One call in 333 seconds, and a state is remembered for 300 after it was redeemed.
            configuration.limits.callRate = 0.003
            configuration.limits.callBurst = 1
        }
        let state = try await server.ask("inquire")
        // The call is gone, and the tool is run again from its start: that is a call of its own.
        server.server.ambit.runtime.advance(by: server.engine.limits.suspended.patience)
        #expect(eventually { server.engine.calls == 0 })
        let refused = try server.call("inquire", state: state).answer
        #expect(refused?.text.contains("more often than 0.003 times a second") == true)
        server.server.ambit.runtime.advance(by: 200 * 1_000_000_000)
        #expect(await (try server.call("inquire", state: state)).ended()?.text.contains(#"\"a\":\"b\""#) == true)
        #expect(try server.call("inquire", state: state).answer?.code == -32602)
        #expect(await server.server.stop().isClean)
    }
}
