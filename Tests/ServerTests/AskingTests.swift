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
        #expect(
            refused?.text.contains("calls that wait for their clients would take more than 8192 bytes, the most that there may be") == true)
        // What is smaller has room, and what was redeemed takes none.
        _ = try await server.ask("inquire")
        #expect(await (try server.call("inquire", arguments: large, state: state)).ended()?.text.contains(#"\"a\":\"b\""#) == true)
        _ = try await server.ask("inquire", arguments: large)
        #expect(server.engine.suspended.count == 2)
        #expect(await server.server.stop().isClean)
    }

    /// Guards the look at `inFlight` before `redeem`.
    @Test func aRetryUnderAnIdThatIsInUseTakesNothingFromItsState() async throws {
        let server = try AskingServer()
        _ = try server.engine.openStdio()
        let asked = try #require(await (try server.call("inquire", over: .stdio)).ended()?.message?["result"])
        let state = try #require(asked["requestState"]?.string)
        // It holds the id that all calls of this client have.
        let held = try server.call("hold", over: .stdio)
        #expect(try server.call("inquire", state: state, over: .stdio).answer?.code == -32600)
        _ = try server.server.send(#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#, .stdio)
        _ = await held.ended()
        #expect(await (try server.call("inquire", state: state, over: .stdio)).ended()?.text.contains(#"\"a\":\"b\""#) == true)
        #expect(await server.server.stop().isClean)
    }

    @Test func aClientThatAnswersWronglyIsToldWhyAndNotForEver() async throws {
        let server = try AskingServer()
        var state = try await server.ask("inquire")
        for _ in 1...2 {
            let again = try #require(
                await (try server.call("inquire", state: state, answer: AskingServer.wrong)).ended()?.message?["result"])
            #expect(again["resultType"]?.string == "input_required")
            let message = try #require(again["inputRequests"]?["k"]?["params"]?["message"]?.string)
            #expect(message.hasPrefix("?\n\nThe last answer was not accepted: the answer to 'k': content: "), "\(message)")
            #expect(message.contains("a") && !message.contains("4711"), "what is wrong is named, and not quoted")
            state = try #require(again["requestState"]?.string)
        }
        let failed = await (try server.call("inquire", state: state, answer: AskingServer.wrong)).ended()?.message?["result"]
        #expect(failed?["isError"]?.bool == true)
        #expect(failed?["content"]?[0]?["text"]?.string?.hasSuffix("; the client has answered wrongly 3 times") == true)
        // Without a state, too.
        let cold = try #require(await (try server.call("inquire", answer: AskingServer.wrong)).ended()?.message?["result"])
        #expect(cold["inputRequests"]?["k"]?["params"]?["message"]?.string?.contains("was not accepted") == true)
        #expect(await server.server.stop().isClean)
    }

    @Test func aResultThatWaitsForItsClientIsCounted() async throws {
        let server = try AskingServer { $0.limits.suspended.bytes = 16384 }
        // It does not wait for the answer: its result does, beside the arguments.
        func leave(_ size: Int) async throws -> JSONValue? {
            let arguments = #"{"x":"\#(String(repeating: "x", count: size))"}"#
            let state = try await server.ask("ask_and_go", arguments: arguments)
            #expect(eventually { server.engine.calls == 0 })
            let answer = await (try server.call("ask_and_go", arguments: arguments, state: state)).ended()
            #expect(server.engine.suspended.count == 0)
            return answer?.message
        }
        #expect(try await leave(100)?["result"]?["content"]?[0]?["text"]?.string?.contains("xxx") == true)
        let refused = try await leave(10_000)?["error"]
        #expect(
            refused?["message"]?.string
                == "the result can't be kept: calls that wait for their clients would take more than 16384 bytes, the most that there may be"
        )
        // What was taken was given back.
        #expect(try await leave(100)?["result"] != nil)
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
