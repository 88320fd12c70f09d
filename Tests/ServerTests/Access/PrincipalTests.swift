import MCP
import Scopes
import Testing
import Transport

@testable import Server

/// What belongs to somebody is there for nobody else.
@Suite struct PrincipalTests {
    private static func peer(_ principal: String, scopes: Set<String>? = nil) -> Peer {
        TestServer.peer.asking(as: Identity(principal: principal, scopes: scopes))
    }

    private func send(_ server: TestServer, _ text: String, _ facts: HTTPFacts, from peer: Peer) throws -> FakeSink {
        let sink = FakeSink()
        server.engine.receive(try Inbound.parse(Array(text.utf8)).get(), over: .http(facts), from: peer, sink: sink)
        return sink
    }

    @Test func aSessionIsThereForItsPrincipalOnly() async throws {
        let server = try TestServer()
        server.load()
        let opened = try send(server, TestServer.initialize, HTTPFacts(), from: Self.peer("ada")).answer
        let session = try #require(opened?.headers.first { "\($0.name)" == "Mcp-Session-Id" }).value
        let facts = HTTPFacts(protocolVersion: ["2025-11-25"], sessionID: session)
        let ping = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}"
        #expect(try send(server, ping, facts, from: Self.peer("ada")).answer?.status == 200)
        #expect(try send(server, ping, facts, from: Self.peer("bob")).answer?.status == 404)
        #expect(try send(server, ping, facts, from: TestServer.peer).answer?.status == 404)
        for act in [server.engine.endSession, server.engine.openStream] {
            let sink = FakeSink()
            act(facts, Self.peer("bob"), sink)
            #expect(sink.answer?.status == 404)
        }
        let sink = FakeSink()
        server.engine.endSession(facts, from: Self.peer("ada"), sink: sink)
        #expect(sink.answer?.status == 204)
        #expect(await server.stop().isClean)
    }
}
