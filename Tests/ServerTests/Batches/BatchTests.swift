import JSON
import MCP
import Scopes
import TestSupport
import Testing
import Transport

@testable import Server

/// Batches of 2025-03-26, as the engine serves them.
@Suite struct BatchTests {
    private func with(
        _ change: (inout AmbitConfiguration) -> Void = { _ in }, _ body: (TestServer, String) async throws -> Void
    ) async throws {
        let server = try TestServer(change: change)
        server.load()
        try await body(server, try server.session("2025-03-26"))
        #expect(await server.stop().isClean)
        #expect(server.engine.calls == 0 && server.engine.inFlight.count == 0)
    }

    private func post(_ server: TestServer, _ session: String, _ messages: String...) throws -> FakeSink {
        try server.send("[\(messages.joined(separator: ","))]", .http(HTTPFacts(sessionID: session)))
    }

    private static func ping(_ id: Int) -> String { "{\"jsonrpc\":\"2.0\",\"id\":\(id),\"method\":\"ping\"}" }

    private static func call(_ tool: String, _ id: Int, progress: Bool = false) -> String {
        let meta = progress ? ",\"_meta\":{\"progressToken\":\(id)}" : ""
        return "{\"jsonrpc\":\"2.0\",\"id\":\(id),\"method\":\"tools/call\",\"params\":{\"name\":\"\(tool)\"\(meta)}}"
    }

    private static func cancel(_ id: Int) -> String {
        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":\(id)}}"
    }

    /// The id of each answer in an array, or its error's code.
    private func outline(_ text: String?) -> [Int64?]? {
        guard let text, let root = try? JSONDocument(parsing: text).root, root.kind == .array else { return nil }
        return root.elements.map { $0["error"]?["code"]?.int64 ?? $0["id"]?.int64 }
    }

    @Test func `requests are answered by one array, in their order`() async throws {
        try await with { server, session in
            let sink = try post(server, session, Self.ping(1), Self.cancel(9), Self.call("echo", 2), "7", Self.call("nope", 3))
            let answer = await sink.ended()
            #expect(answer?.status == 200 && outline(answer?.text) == [1, 2, -32600, -32602])
        }
    }

    @Test func `without a request it is taken, and with nothing good in it a bad request`() async throws {
        try await with { server, session in
            let taken = try post(server, session, Self.cancel(9), "{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"result\":{}}").answer
            #expect(taken?.status == 202 && taken?.text == "")
            let bad = try post(server, session, "1", TestServer.initialize).answer
            #expect(bad?.status == 400 && outline(bad?.text) == [-32600, -32600])
            let empty = try post(server, session).answer
            #expect(empty?.status == 400 && empty?.code == -32600)
        }
    }

    @Test func `the number of messages is limited`() async throws {
        try await with({ $0.limits.batch = 2 }) { server, session in
            let two = try post(server, session, Self.ping(1), Self.ping(2)).answer
            #expect(outline(two?.text) == [1, 2])
            #expect(try post(server, session, Self.ping(1), Self.ping(2), Self.ping(3)).answer?.code == -32600)
        }
    }

    @Test func `where one of them reports progress each answer is an event`() async throws {
        try await with { server, session in
            let sink = try post(server, session, Self.call("hold", 1), Self.call("count", 2, progress: true), Self.ping(3))
            #expect(eventually { sink.notes.count == 5 })
            // Three reports and two answers, whichever came first; each with an id of the one stream.
            #expect(sink.notes.map { String($0.prefix { $0 != "\n" }) } == (1...5).map { "id: p1-\($0)" })
            #expect(sink.notes.filter { $0.contains("\"result\"") }.count == 2 && sink.answer == nil)
            _ = try server.send(Self.cancel(1), .http(HTTPFacts(sessionID: session)))
            _ = await sink.ended()
            #expect(sink.isEnded && sink.answer == nil)
        }
    }

    @Test func `cancelling works for each of them`() async throws {
        try await with { server, session in
            let sink = try post(server, session, Self.call("hold", 1), Self.call("hold", 2), Self.call("echo", 3))
            #expect(server.engine.calls == 2)
            _ = try server.send(Self.cancel(2), .http(HTTPFacts(sessionID: session)))
            #expect(eventually { server.engine.calls == 1 })
            #expect(sink.answer == nil)
            // One batch may take back what another asked for, or itself.
            #expect(try post(server, session, Self.cancel(1)).answer?.status == 202)
            #expect(outline(await sink.ended()?.text) == [3])
            let both = try post(server, session, Self.call("hold", 1), Self.cancel(1))
            #expect(await both.ended() == nil && both.isEnded)
        }
    }

    @Test(arguments: [0, 1024]) func `a client that leaves detaches all of them`(kept: Int) async throws {
        try await with({
            $0.limits.detachGrace = 100_000_000
            $0.limits.replay.events = kept
        }) { server, session in
            let sink = try post(server, session, Self.call("hold", 1), Self.call("hold", 2))
            let before = server.ambit.runtime.now
            sink.leave()
            #expect(server.engine.calls == 2)
            #expect(eventually { server.engine.calls == 0 })
            #expect(server.ambit.runtime.now - before >= 100_000_000 && sink.answer == nil)
        }
    }

    @Test func `a client that reads slowly gets all answers, one by one, without one that waits for them`() {
        let sink = FakeSink()
        var exchange: BatchExchange? = BatchExchange(3, sink, stream: nil, mayStream: true, status: 200)
        #expect(exchange?.notify(Array("{}".utf8)) == .queued)
        sink.stall()
        for place in 0...2 { exchange?.ended(place, .answer(Array("{\(place)}".utf8))) }
        exchange = nil
        #expect(sink.notes == ["{}"] && sink.answer == nil)
        sink.resume()
        #expect(sink.notes == ["{}", "{0}", "{1}"] && sink.answer?.text == "{2}")
    }

    @Test func `equal ids in one batch are one request`() async throws {
        try await with { server, session in
            let sink = try post(server, session, Self.call("hold", 1), Self.call("echo", 1))
            _ = try server.send(Self.cancel(1), .http(HTTPFacts(sessionID: session)))
            #expect(outline(await sink.ended()?.text) == [-32600])
        }
    }

    @Test func `other versions and strangers are refused`() async throws {
        try await with { server, session in
            for version in ["2024-11-05", "2025-06-18", "2025-11-25"] {
                let other = try server.session(version)
                let answer = try post(server, other, Self.ping(1)).answer
                #expect(answer?.status == 400 && answer?.code == -32600)
            }
            #expect(try post(server, "unknown", Self.ping(1)).answer?.status == 404)
        }
    }

    @Test func `a line of stdio is answered by one line`() async throws {
        try await with { server, _ in
            _ = try server.engine.openStdio()
            #expect(try server.send("[\(Self.ping(1))]", .stdio).answer?.code == -32600)
            _ = try server.send(TestServer.initialize.replacing("2025-11-25", with: "2025-03-26"), .stdio)
            let sink = try server.send("[\(Self.ping(1)),\(Self.call("count", 2, progress: true)),\(Self.ping(3))]", .stdio)
            #expect(outline(await sink.ended()?.text) == [1, 2, 3] && sink.notes.count == 3)
        }
    }
}
