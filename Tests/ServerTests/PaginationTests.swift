import JSON
import PluginHost
import Scopes
import Testing

@testable import Server

/// Lists in pages, each bound to the state of its list (DIGEST 1.13).
@Suite struct PaginationTests {
    private func names(_ answer: FakeSink.Answer?) -> [String] {
        answer?.message?["result"]?["tools"]?.elements.compactMap { $0["name"]?.string } ?? []
    }

    private func next(_ answer: FakeSink.Answer?) -> String? { answer?.message?["result"]?["nextCursor"]?.string }

    @Test func aListComesInPages() async throws {
        let server = try TestServer { $0.limits.pageSize = 2 }
        server.load()
        let first = try server.modern("tools/list").answer
        #expect(names(first) == ["echo", "hold"])
        let cursor = try #require(next(first))
        let second = try server.modern("tools/list", params: "\"cursor\":\"\(cursor)\"").answer
        #expect(names(second) == ["count", "question"] && next(second) == nil)
        // Another list, another place, and what is no cursor at all.
        let inside = cursor.dropLast() + "1"
        for (method, wrong) in [
            ("prompts/list", cursor), ("tools/list", cursor + "0"), ("tools/list", ""), ("tools/list", "x"), ("tools/list", "\(inside)"),
        ] {
            let refused = try server.modern(method, params: "\"cursor\":\"\(wrong)\"").answer
            #expect(refused?.code == -32602, "\(method) \(wrong)")
            #expect(refused?.message?["error"]?["message"]?.string?.contains("list again") == true)
        }
        #expect(await server.stop().isClean)
    }

    @Test func aCursorEndsWithTheStateOfItsList() async throws {
        let server = try TestServer { $0.limits.pageSize = 2 }
        server.load()
        let cursor = try #require(next(try server.modern("tools/list").answer))
        let other = try TestServer { $0.limits.pageSize = 2 }
        other.load()
        // The same list of another run of the server.
        #expect(try other.modern("tools/list", params: "\"cursor\":\"\(cursor)\"").answer?.code == -32602)
        #expect(await other.stop().isClean)
        let ambit = server.ambit
        let restarted = await withCheckedContinuation { done in
            ambit.host.restart("test", reason: "a test") { done.resume(returning: $0) }
        }
        _ = try restarted.get()
        #expect(try server.modern("tools/list", params: "\"cursor\":\"\(cursor)\"").answer?.code == -32602)
        #expect(names(try server.modern("tools/list").answer) == ["echo", "hold"])
        #expect(await server.stop().isClean)
    }
}
