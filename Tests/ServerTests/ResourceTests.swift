import JSON
import MCP
import Scopes
import Testing
import Transport

@testable import Server

/// `ambit://scopes` (S15).
@Suite struct ResourceTests {
    private func with(_ body: (TestServer) async throws -> Void) async throws {
        let server = try TestServer()
        server.load()
        try await body(server)
        #expect(await server.stop().isClean)
    }

    private func contents(_ sink: FakeSink) async throws -> JSONValue {
        let answer = try #require(await sink.ended())
        #expect(answer.status == 200)
        let contents = try #require(answer.message?["result"]?["contents"])
        #expect(contents.count == 1)
        #expect(contents[0]?["uri"]?.string == "ambit://scopes")
        #expect(contents[0]?["mimeType"]?.string == "application/json")
        return try JSONDocument(parsing: try #require(contents[0]?["text"]?.string)).root
    }

    private func read(_ server: TestServer, session: String) throws -> FakeSink {
        try server.legacy(
            session, #"{"jsonrpc":"2.0","id":9,"method":"resources/read","params":{"uri":"ambit://scopes"}}"#)
    }

    private func modernRead(_ server: TestServer, uri: String = "ambit://scopes") throws -> FakeSink {
        try server.modern("resources/read", params: "\"uri\":\"\(uri)\"", name: uri)
    }

    @Test func itIsListedInBothEras() async throws {
        try await with { (server: TestServer) async throws in
            let modern = try server.modern("resources/list").answer?.message?["result"]
            #expect(modern?["resources"]?.elements.compactMap { $0["uri"]?.string } == ["ambit://scopes"])
            #expect(modern?["ttlMs"]?.int64 == 0 && modern?["cacheScope"]?.string == "public")
            let session = try server.session()
            let legacy = try server.legacy(session, #"{"jsonrpc":"2.0","id":1,"method":"resources/list"}"#).answer
            #expect(legacy?.message?["result"]?["resources"]?.count == 1)
            #expect(try server.modern("resources/templates/list").answer?.message?["result"]?["resourceTemplates"]?.count == 0)
            #expect(try server.modern("resources/list", params: "\"cursor\":\"x\"").answer?.code == -32602)
            let found = try server.modern("server/discover").answer?.message?["result"]?["capabilities"]
            #expect(found?["resources"]?.kind == .object)
        }
    }

    /// A session sees its own scope and nothing of another.
    @Test func aSessionSeesItsOwnSubtreeOnly() async throws {
        try await with { (server: TestServer) async throws in
            let one = try server.session()
            let other = try server.session()
            let held = try server.callLegacy(other, "hold", id: "1")
            let mine = try await contents(try read(server, session: one))
            #expect(mine["scopes"]?.count == 1)
            #expect(mine["scopes"]?[0]?["level"]?.string == "session")
            #expect(mine["scopes"]?[0]?["children"]?.count == 0)
            let its = try await contents(try read(server, session: other))
            let text = String(decoding: its.compact, as: UTF8.self)
            #expect(text.contains("call hold"))
            // Its id is a secret: shown as much as tells two apart.
            #expect(!text.contains(other))
            // The totals are the server's.
            #expect(mine["totals"]?["scope"]?["live"]?.int64 != nil)
            _ = try server.legacy(other, #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#)
            _ = await held.ended()
        }
    }

    @Test func withoutASessionTheCallsThatBelongToNoneAreSeen() async throws {
        try await with { (server: TestServer) async throws in
            let session = try server.session()
            let hidden = try server.callLegacy(session, "hold", id: "1")
            #expect(try await contents(try modernRead(server))["scopes"]?.count == 0)
            let held = try server.callModern("hold")
            let seen = try await contents(try modernRead(server))["scopes"]
            #expect(seen?.count == 1)
            #expect(seen?[0]?["name"]?.string == "call hold")
            held.leave()
            _ = await held.ended()
            #expect(try await contents(try modernRead(server))["scopes"]?.count == 0)
            _ = try server.legacy(session, #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#)
            _ = await hidden.ended()
        }
    }

    @Test func whatIsNotThereIsAnErrorThatNamesIt() async throws {
        try await with { (server: TestServer) async throws in
            let modern = try modernRead(server, uri: "ambit://nothing").answer
            #expect(modern?.code == -32602)
            #expect(modern?.message?["error"]?["data"]?["uri"]?.string == "ambit://nothing")
            let session = try server.session()
            let legacy = try server.legacy(
                session, #"{"jsonrpc":"2.0","id":9,"method":"resources/read","params":{"uri":"ambit://nothing"}}"#
            ).answer
            #expect(legacy?.code == -32002)
            let without = try server.legacy(session, #"{"jsonrpc":"2.0","id":9,"method":"resources/read","params":{}}"#).answer
            #expect(without?.code == -32602)
        }
    }
}
