import JSON
import MCP
import PluginHost
import Scopes
import TestSupport
import Testing
import Transport

@testable import Server

/// Streams that clients resume, as the engine serves them.
@Suite struct ResumingTests {
    private func with(
        _ change: (inout AmbitConfiguration) -> Void = { _ in }, _ body: (TestServer) async throws -> Void
    ) async throws {
        let server = try TestServer(change: change)
        server.load()
        try await body(server)
        #expect(await server.stop().isClean)
        #expect(server.engine.calls == 0)
        #expect(server.engine.replayGauges.events.value == 0)
        #expect(server.engine.replayGauges.bytes.value == 0)
    }

    private func get(_ server: TestServer, _ session: String, after id: String? = nil) -> FakeSink {
        let sink = FakeSink()
        let facts = HTTPFacts(protocolVersion: ["2025-11-25"], sessionID: session, lastEventID: id)
        server.engine.openStream(facts, from: TestServer.peer, sink: sink)
        return sink
    }

    /// The ids of what a sink was given.
    private func ids(_ sink: FakeSink) -> [String] {
        (sink.notes + (sink.answer.map { [$0.text] } ?? [])).compactMap { note in
            note.hasPrefix("id: ") ? String(note.dropFirst(4).prefix { $0 != "\n" }) : nil
        }
    }

    private static let cancel = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":1}}"

    @Test func `a stream of a session is replayed after any of its events`() async throws {
        try await with { server in
            let session = try server.session()
            let call = try server.callLegacy(session, "count", id: "1")
            _ = await call.ended()
            #expect(ids(call) == ["p1-1", "p1-2", "p1-3", "p1-4"])
            let again = get(server, session, after: "p1-2")
            #expect(ids(again) == ["p1-3", "p1-4"] && again.isEnded && again.isStream)
            #expect(again.notes.last == call.answer?.text)
            #expect(ids(get(server, session, after: "p1-4")) == [])
        }
    }

    @Test func `modern and plain answers have no ids, and keep nothing`() async throws {
        try await with { server in
            let modern = try server.callModern("count", meta: ",\"progressToken\":\"t\"")
            _ = await modern.ended()
            #expect(modern.notes.count == 3 && ids(modern) == [])
            let session = try server.session()
            let plain = try server.callLegacy(session, "echo", id: "1")
            #expect(plain.answer?.message?["result"] != nil)
            #expect(server.engine.replayGauges.events.value == 0)
            #expect(server.engine.find(session, of: TestServer.peer)?.replay?.streams == 0)
        }
    }

    @Test func `with no events to keep there are no ids, and an id is not looked at`() async throws {
        try await with({ $0.limits.replay.events = 0 }) { server in
            let session = try server.session()
            let call = try server.callLegacy(session, "count", id: "1")
            _ = await call.ended()
            #expect(call.notes.count == 3 && ids(call) == [] && call.opens() == "")
            let stream = get(server, session, after: "anything")
            #expect(stream.isStream && stream.answer == nil)
            stream.leave()
        }
    }

    @Test func `ids that are none, unknown, to come, or another session's`() async throws {
        try await with { server in
            let (mine, other) = (try server.session(), try server.session())
            _ = await (try server.callLegacy(mine, "count", id: "1")).ended()
            #expect(get(server, mine, after: "nonsense").answer?.status == 400)
            // The session's own stream goes on with what comes. An answer that is not there any more never comes.
            let stream = get(server, mine, after: "g1-0")
            #expect(stream.isStream && ids(stream) == [] && !stream.isEnded)
            stream.leave()
            for (session, id) in [(mine, "p1-5"), (mine, "p2-0"), (mine, "p77-1"), (other, "p1-0")] {
                let gone = get(server, session, after: id)
                #expect(gone.answer?.status == 400 && gone.answer?.code == -32600 && !gone.isStream)
                #expect(gone.answer?.text.contains("send the request again") == true && gone.answer?.message?["id"] == nil)
            }
        }
    }

    /// Guards `clientBack`: without it the grace of the lost connection ends the call.
    @Test func `a client that comes back takes the grace back`() async throws {
        try await with({ $0.limits.resumeGrace = 100_000_000 }) { server in
            let session = try server.session()
            let call = try server.callLegacy(session, "hold", id: "1")
            // A quiet time: the transport made it a stream.
            #expect(call.opens() == "id: p1-0\nretry: 1000\ndata: ")
            call.leave()
            let back = get(server, session, after: "p1-0")
            // Longer than the grace that began first, by a timer that is armed after it.
            let runtime = server.ambit.runtime
            await withCheckedContinuation { continuation in
                _ = runtime.timers.schedule(after: 200_000_000, on: runtime.executor) { continuation.resume() }
            }
            #expect(server.engine.calls == 1)
            let before = runtime.now
            back.leave()
            let scope = try #require(server.engine.find(session, of: TestServer.peer)).host.scope
            #expect(eventually { server.engine.calls == 0 })
            #expect(runtime.now - before >= 100_000_000)
            #expect(scope.isOpen)
        }
    }

    @Test func `a resumed request can be cancelled, and is over then`() async throws {
        try await with { server in
            let session = try server.session()
            let call = try server.callLegacy(session, "hold", id: "1")
            _ = call.opens()
            call.leave()
            let back = get(server, session, after: "p1-0")
            #expect(try server.legacy(session, Self.cancel).answer?.status == 202)
            _ = await back.ended()
            #expect(back.isEnded && back.notes.isEmpty)
            // It left no event, and is forgotten: a stream of its own.
            #expect(get(server, session, after: "p1-0").answer?.status == 400)
        }
    }

    /// Guards `isSilent` of `CallExchange.end`: who comes back too late learns what has become of the call.
    @Test func `a client that comes back after the grace is told that its call was ended`() async throws {
        try await with({ $0.limits.resumeGrace = 100_000_000 }) { server in
            let session = try server.session()
            let call = try server.callLegacy(session, "hold", id: "1")
            _ = call.opens()
            call.leave()
            #expect(eventually { server.engine.calls == 0 })
            let late = get(server, session, after: "p1-0")
            #expect(ids(late) == ["p1-1"] && late.isEnded)
            let error = try JSONDocument(parsing: try #require(late.messages.first)).root
            #expect(error["id"]?.int64 == 1 && error["error"]?["code"]?.int64 == -32603)
            #expect(error["error"]?["message"]?.string == "the client is gone: it did not come back within 100 ms (resume-grace)")
        }
    }

    @Test func `an answer that was too large to be kept is an error of its request`() async throws {
        try await with({ $0.limits.replay.bytes = 4096 }) { server in
            let session = try server.session()
            let large = String(repeating: "x", count: 5000)
            let call = try server.legacy(
                session,
                #"{"jsonrpc":"2.0","id":"a","method":"tools/call","params":{"name":"count","arguments":{"a":"\#(large)"},"_meta":{"progressToken":1}}}"#
            )
            #expect(await call.ended()?.text.contains(large) == true)
            let again = get(server, session, after: "p1-2")
            #expect(ids(again) == ["p1-3", "p1-4"])
            let last = try #require(again.answer?.text)
            #expect(last.contains(#""id":"a""#) && last.contains("max-replay") && last.contains("answer_gone"))
            // It has been told.
            #expect(ids(get(server, session, after: "p1-4")) == [])
        }
    }

    @Test func `a GET stream is resumed, with what was written into the void`() async throws {
        try await with { server in
            let session = try server.session()
            #expect(try server.legacy(session, "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}").answer?.status == 202)
            let first = get(server, session)
            #expect(first.opens() == "id: g1-0\nretry: 1000\ndata: ")
            server.engine.hub.publish(.toolsListChanged, to: [.everybody])
            #expect(ids(first) == ["g1-1"])
            // The client comes again while the server believes that the first is still there.
            let second = get(server, session, after: "g1-0")
            #expect(first.isEnded && ids(second) == ["g1-1"])
            second.leave()
            // What happens meanwhile waits.
            server.engine.hub.publish(.promptsListChanged, to: [.everybody])
            let third = get(server, session, after: "g1-1")
            #expect(ids(third) == ["g1-2"] && third.notes[0].contains("prompts/list_changed"))
            #expect(server.ambit.runtime.ledger.gauge("stream") == 1)
            third.leave()
            #expect(server.ambit.runtime.ledger.gauge("stream") == 0)
            // One without an id is another stream.
            let fourth = get(server, session)
            server.engine.hub.publish(.toolsListChanged, to: [.everybody])
            #expect(ids(fourth) == ["g2-1"])
            fourth.leave()
        }
    }

    @Test func `a session that ends takes everything with it`() async throws {
        try await with { server in
            let session = try server.session()
            _ = await (try server.callLegacy(session, "count", id: "1")).ended()
            #expect(server.engine.replayGauges.events.value == 4 && server.engine.replayGauges.bytes.value > 0)
            let delete = FakeSink()
            server.engine.endSession(HTTPFacts(sessionID: session), from: TestServer.peer, sink: delete)
            #expect(delete.answer?.status == 204)
            #expect(get(server, session, after: "p1-0").answer?.status == 404)
            #expect(eventually { server.engine.replayGauges.events.value == 0 })
        }
    }
}
