import JSON
import MCP
import PluginHost
import Scopes
import TestSupport
import Testing
import Transport

@testable import Server

@Suite struct EngineTests {
    /// Runs with a server that has its plugin, and checks that its end leaves nothing.
    private func with(
        plugin: Bool = true, _ change: (inout AmbitConfiguration) -> Void = { _ in }, _ body: (TestServer) async throws -> Void
    ) async throws {
        let server = try TestServer(plugin: plugin, change: change)
        server.load()
        #expect(server.ambit.pluginErrors.isEmpty)
        try await body(server)
        let report = await server.stop()
        #expect(report.isClean, "\(report)")
        #expect(server.engine.calls == 0)
        #expect(server.engine.inFlight.count == 0)
        #expect(server.engine.sessionCount == 0)
        #expect(server.ambit.sessions.count == 0)
        #expect(server.ambit.runtime.ledger.gauge("scope") == 0)
    }

    @Test func anInlineCallIsAnsweredBeforeReceiveReturns() async throws {
        try await with { (server: TestServer) async throws in
            let answer = try server.callModern("echo").answer
            #expect(answer?.status == 200)
            #expect(answer?.message?["result"]?["content"]?[0]?["text"]?.string == "{\"a\":1}")
            #expect(answer?.message?["result"]?["resultType"]?.string == "complete")
            #expect(server.engine.calls == 0)
        }
    }

    @Test func progressGoesOutBeforeTheAnswerAndOnlyWithAToken() async throws {
        try await with { (server: TestServer) async throws in
            let wanted = try server.callModern("count", meta: ",\"progressToken\":\"t\"")
            #expect(await wanted.ended()?.status == 200)
            #expect(wanted.notes.count == 3)
            #expect(wanted.notes.allSatisfy { $0.contains("\"progressToken\":\"t\"") })
            let unwanted = try server.callModern("count")
            #expect(await unwanted.ended()?.status == 200)
            #expect(unwanted.notes.isEmpty)
        }
    }

    @Test func unknownThingsAreProtocolErrors() async throws {
        try await with { (server: TestServer) async throws in
            #expect(try server.callModern("nope").answer?.code == -32602)
            let method = try server.modern("nope").answer
            #expect(method?.code == -32601)
            #expect(method?.status == 404)
            #expect(try server.modern("tools/list", params: "\"cursor\":\"x\"").answer?.code == -32602)
            #expect(try server.modern("tools/call", params: "\"name\":\"echo\",\"arguments\":[]", name: "echo").answer?.code == -32602)
        }
    }

    @Test func toolsAreListedAlikeInBothEras() async throws {
        try await with { (server: TestServer) async throws in
            let modern = try server.modern("tools/list").answer?.message?["result"]
            #expect(modern?["tools"]?.elements.compactMap { $0["name"]?.string } == ["echo", "hold", "count", "question"])
            #expect(modern?["ttlMs"] != nil)
            let session = try server.session()
            let legacy = try server.legacy(session, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}").answer?.message?["result"]
            #expect(legacy?["tools"]?.count == 4)
            #expect(legacy?["ttlMs"] == nil)
        }
    }

    /// DIGEST 8.13: clients probe with discover and must not wait for plugins.
    @Test func discoverAndInitializeDoNotWaitForPluginsButToolsDo() async throws {
        let server = try TestServer()
        #expect(try server.modern("server/discover").answer?.status == 200)
        _ = try server.session()
        let list = try server.modern("tools/list")
        let call = try server.callModern("echo")
        #expect(list.answer == nil)
        #expect(call.answer == nil)
        server.load()
        #expect(await list.ended()?.status == 200)
        #expect(await call.ended()?.status == 200)
        #expect(await server.stop().isClean)
    }

    @Test func whatWaitsForPluginsIsAnsweredWhenTheServerStops() async throws {
        let server = try TestServer()
        let list = try server.modern("tools/list")
        #expect(await server.stop().isClean)
        #expect(await list.ended()?.status == 503)
        #expect(try server.modern("tools/list").answer?.status == 503)
    }

    /// Guards `sink.onGone` in `Engine.call` (row disconnect-mid-call-ends-request).
    @Test func aModernClientThatLeavesCancelsItsCall() async throws {
        try await with { (server: TestServer) async throws in
            let sink = try server.callModern("hold")
            #expect(server.engine.calls == 1)
            sink.leave()
            _ = await sink.ended()
            #expect(sink.answer == nil)
            #expect(server.engine.calls == 0)
        }
    }

    @Test func aLegacyClientThatLeavesDetachesItsCallWhichEndsAfterItsGrace() async throws {
        try await with({ $0.limits.detachGrace = 100_000_000 }) { (server: TestServer) async throws in
            let session = try server.session()
            let sink = try server.callLegacy(session, "hold", id: "1")
            let before = server.ambit.runtime.now
            sink.leave()
            #expect(server.engine.calls == 1)
            #expect(eventually { server.engine.calls == 0 })
            #expect(server.ambit.runtime.now - before >= 100_000_000)
            #expect(sink.answer == nil)
        }
    }

    @Test func aCancelledRequestGetsNoAnswer() async throws {
        try await with { (server: TestServer) async throws in
            let session = try server.session()
            let sink = try server.callLegacy(session, "hold", id: "\"x\"")
            let other = try server.session()
            let cancel = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":\"x\"}}"
            // Equal ids of another session are another request (row equal-ids-two-clients).
            #expect(try server.legacy(other, cancel).answer?.status == 202)
            #expect(server.engine.calls == 1)
            #expect(try server.legacy(session, cancel).answer?.status == 202)
            _ = await sink.ended()
            #expect(sink.answer == nil)
            #expect(sink.isEnded)
            // Late and unknown ones change nothing.
            #expect(try server.legacy(session, cancel).answer?.status == 202)
        }
    }

    @Test func anIdThatIsUnansweredIsRefusedTheSecondTime() async throws {
        try await with { (server: TestServer) async throws in
            let session = try server.session()
            let other = try server.session()
            _ = try server.callLegacy(session, "hold", id: "5")
            let again = try server.callLegacy(session, "echo", id: "5").answer
            #expect(again?.code == -32600)
            #expect(again?.status == 400)
            #expect(try server.callLegacy(other, "echo", id: "5").answer?.status == 200)
            #expect(try server.callLegacy(session, "echo", id: "6").answer?.status == 200)
            #expect(try server.callLegacy(session, "echo", id: "6").answer?.status == 200)
        }
    }

    /// Guards the close in `Engine.endSession` (row delete-ends-session).
    @Test func deleteEndsTheSessionWithEverythingInIt() async throws {
        try await with { (server: TestServer) async throws in
            let session = try server.session()
            let facts = HTTPFacts(protocolVersion: ["2025-11-25"], sessionID: session)
            let call = try server.callLegacy(session, "hold", id: "1")
            let stream = FakeSink()
            server.engine.openStream(facts, from: TestServer.peer, sink: stream)
            #expect(stream.isStream)
            let delete = FakeSink()
            server.engine.endSession(facts, from: TestServer.peer, sink: delete)
            #expect(delete.answer?.status == 204)
            let outcome = await call.ended()
            #expect(outcome?.code == -32603)
            #expect(outcome?.message?["error"]?["message"]?.string == "the session was ended by its client")
            #expect(await stream.ended() == nil)
            #expect(stream.isEnded)
            #expect(try server.legacy(session, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}").answer?.status == 404)
            let again = FakeSink()
            server.engine.endSession(facts, from: TestServer.peer, sink: again)
            #expect(again.answer?.status == 404)
        }
    }

    @Test func anIdleSessionEndsByItself() async throws {
        try await with({ $0.limits.sessionIdle = 100_000_000 }) { (server: TestServer) async throws in
            let session = try server.session()
            let facts = HTTPFacts(sessionID: session)
            let stream = FakeSink()
            server.engine.openStream(facts, from: TestServer.peer, sink: stream)
            // An attached stream is activity: the idle time counts from its end.
            let before = server.ambit.runtime.now
            stream.leave()
            let scope = try #require(server.engine.find(session, of: TestServer.peer)).host.scope
            await withCheckedContinuation { continuation in scope.whenClosed { _ in continuation.resume() } }
            #expect(server.ambit.runtime.now - before >= 100_000_000)
            #expect(try server.legacy(session, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}").answer?.status == 404)
        }
    }

    @Test func sessionsStreamsAndCallsAreLimited() async throws {
        try await with({
            $0.limits.sessions.all = 1
            $0.limits.streamsPerSession = 1
            $0.limits.calls = 1
        }) { (server: TestServer) async throws in
            let session = try server.session()
            let refused = try server.send(TestServer.initialize, .http(HTTPFacts())).answer
            #expect(refused?.status == 503 && refused?.headers == [ResponseHeader("Retry-After", "10")])
            #expect(try limit(refused) == "this server has 1 sessions, the most that max-sessions allows")
            let facts = HTTPFacts(sessionID: session)
            server.engine.openStream(facts, from: TestServer.peer, sink: FakeSink())
            let second = FakeSink()
            server.engine.openStream(facts, from: TestServer.peer, sink: second)
            #expect(second.answer?.status == 409)
            #expect(try limit(second.answer) == "this session has 1 streams, the most that max-streams-per-session allows")
            let hold = try server.callModern("hold")
            let third = try server.callModern("echo").answer
            #expect(third?.status == 503 && third?.headers == [ResponseHeader("Retry-After", "1")])
            #expect(try limit(third) == "1 calls are under way, the most that max-calls allows")
            let data = third?.message?["error"]?["data"]
            #expect(data?["setting"]?.string == "max-calls" && data?["limit"]?.int64 == 1 && data?["retryable"]?.bool == true)
            hold.leave()
            _ = await hold.ended()
            #expect(try server.callModern("echo").answer?.status == 200)
        }
    }

    /// What an answer says of a limit.
    private func limit(_ answer: FakeSink.Answer?) throws -> String {
        let error = try #require(answer?.message?["error"])
        #expect(error["code"]?.int64 == -32603 && error["data"]?["reason"]?.string == "limit_reached")
        let text = try #require(error["message"]?.string)
        let (head, tail) = ("Limit reached: ", "; try again later")
        try #require(text.hasPrefix(head) && text.hasSuffix(tail), "\(text)")
        return String(text.dropFirst(head.count).dropLast(tail.count))
    }

    @Test func aToolThatIsCalledTooOftenSaysSo() async throws {
        try await with({
            $0.limits.callRate = 0.001
            $0.limits.callBurst = 2
        }) { (server: TestServer) async throws in
            #expect(try server.callModern("echo").answer?.message?["result"]?["isError"] == nil)
            #expect(try server.callModern("echo").answer?.message?["result"]?["isError"] == nil)
            #expect(try server.callModern("echo").answer?.message?["result"]?["isError"]?.bool == true)
        }
    }

    @Test func refusedMessagesOpenNothing() async throws {
        try await with { (server: TestServer) async throws in
            let ledger = server.ambit.runtime.ledger
            let before = ledger.totals().first { $0.name == "scope" }?.opened
            for id in ["dead", "beef"] {
                #expect(try server.legacy(id, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}").answer?.status == 404)
            }
            for facts in [HTTPFacts(), HTTPFacts(sessionID: "dead")] {
                let get = FakeSink()
                server.engine.openStream(facts, from: TestServer.peer, sink: get)
                #expect([400, 404].contains(get.answer?.status))
                let delete = FakeSink()
                server.engine.endSession(facts, from: TestServer.peer, sink: delete)
                #expect([400, 404].contains(delete.answer?.status))
            }
            #expect(try server.send("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}", .http(HTTPFacts())).answer?.status == 400)
            #expect(ledger.totals().first { $0.name == "scope" }?.opened == before)
        }
    }

    @Test func stdioServesBothErasOnOneConnection() async throws {
        try await with { (server: TestServer) async throws in
            _ = try server.engine.openStdio()
            #expect(try server.send("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}", .stdio).answer?.status == 200)
            let modern = "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/call\",\"params\":{\"name\":\"echo\",\(TestServer.modernMeta)}}}"
            #expect(try server.send(modern, .stdio).answer?.message?["result"]?["resultType"] != nil)
            #expect(try server.send("{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"tools/list\"}", .stdio).answer?.code == -32602)
            #expect(try server.send(TestServer.initialize, .stdio).answer?.message?["result"]?["protocolVersion"]?.string == "2025-11-25")
            let legacy = try server.send("{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"tools/call\",\"params\":{\"name\":\"hold\"}}", .stdio)
            // One pipe, one table of ids.
            #expect(try server.send(modern.replacing("\"id\":2", with: "\"id\":3"), .stdio).answer?.code == -32600)
            _ = try server.send("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":3}}", .stdio)
            _ = await legacy.ended()
            #expect(legacy.answer == nil)
        }
    }

    @Test func stopAnswersWhatIsUnderWay() async throws {
        let server = try TestServer()
        server.load()
        let call = try server.callModern("hold")
        let report = await server.stop()
        #expect(report.isClean)
        let answer = await call.ended()
        #expect(answer?.code == -32603)
        #expect(answer?.text.contains("stopping") == true)
    }

    @Test func theLogLevelOfASessionCanBeSet() async throws {
        try await with { (server: TestServer) async throws in
            let session = try server.session()
            let good = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"logging/setLevel\",\"params\":{\"level\":\"error\"}}"
            #expect(try server.legacy(session, good).answer?.message?["result"]?.count == 0)
            #expect(server.engine.find(session, of: TestServer.peer)?.legacy.logLevel == .error)
            let bad = good.replacing("\"error\"", with: "\"loud\"")
            #expect(try server.legacy(session, bad).answer?.code == -32602)
        }
    }
}
