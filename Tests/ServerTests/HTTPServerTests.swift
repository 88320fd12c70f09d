import Glibc
import JSON
import Scopes
import Testing
import Transport

@testable import Server

/// A server on a port of the loopback, spoken to through plain sockets.
@Suite(.serialized) struct HTTPServerTests {
    private final class Client {
        let descriptor: Int32
        init(port: Int) throws {
            descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var limit = timeval(tv_sec: 5, tv_usec: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = in_port_t(port).bigEndian
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            let code = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
            }
            try #require(code == 0)
        }
        deinit { close(descriptor) }

        func send(_ text: String) {
            _ = Array(text.utf8).withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        }

        /// What comes until `end` was seen, the peer closes, or five seconds passed.
        func receive(until end: String? = nil) -> String {
            var text = ""
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while end.map({ !text.contains($0) }) ?? true {
                let count = recv(descriptor, &buffer, buffer.count, 0)
                guard count > 0 else { break }
                text += String(decoding: buffer[..<count], as: UTF8.self)
            }
            return text
        }
    }

    private func with(_ body: (TestServer, Int) async throws -> Void) async throws {
        let server = try TestServer()
        let address = try server.ambit.startHTTP(HTTPConfiguration(port: 0))
        server.load()
        try await body(server, address.port)
        #expect(await server.stop().isClean)
        #expect(server.ambit.gauges.connections.value == 0)
        #expect(server.ambit.gauges.exchanges.value == 0)
        #expect(server.ambit.gauges.streams.value == 0)
        #expect(server.ambit.gauges.queuedBytes.value == 0)
    }

    private func post(_ body: String, _ headers: String = "") -> String {
        "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    private func call(_ tool: String, meta: String = "") -> String {
        post(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"\(tool)\",\(TestServer.modernMeta)\(meta)}}}",
            "MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: tools/call\r\nMcp-Name: \(tool)\r\n")
    }

    /// Reads a gauge until it has a value; each look is a request to the executor of the server, not a sleep.
    private func settles(_ server: TestServer, _ condition: (TestServer) -> Bool) async -> Bool {
        for _ in 0..<5000 {
            if condition(server) { return true }
            await withCheckedContinuation { continuation in
                _ = server.ambit.runtime.timers.schedule(after: 1_000_000, on: server.ambit.runtime.executor) { continuation.resume() }
            }
        }
        return false
    }

    @Test func requestsOfAKeptConnectionAreServedInOrder() async throws {
        try await with { (server: TestServer, port: Int) async throws in
            let client = try Client(port: port)
            client.send(call("echo") + call("count", meta: ",\"progressToken\":2") + call("echo"))
            let text = client.receive(until: "0\r\n\r\nHTTP/1.1 200 OK")
            #expect(text.contains("text/event-stream"))
            #expect(text.components(of: "notifications/progress") == 3)
        }
    }

    @Test(arguments: ["close", "reset", "half"]) func aClientThatLeavesCancelsItsCall(_ how: String) async throws {
        try await with { (server: TestServer, port: Int) async throws in
            var client: Client? = try Client(port: port)
            client?.send(call("hold"))
            #expect(await settles(server) { $0.engine.calls == 1 })
            if how == "reset" {
                var option = linger(l_onoff: 1, l_linger: 0)
                setsockopt(client?.descriptor ?? -1, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
            }
            if how == "half" { shutdown(client?.descriptor ?? -1, Int32(SHUT_WR)) } else { client = nil }
            #expect(await settles(server) { $0.engine.calls == 0 && $0.ambit.gauges.connections.value == 0 })
            withExtendedLifetime(client) {}
        }
    }

    /// Row stop-with-clients-attached.
    @Test func stopEndsEveryStreamProperly() async throws {
        var clients: [Client] = []
        try await with { (server: TestServer, port: Int) async throws in
            for _ in 0..<5 {
                let client = try Client(port: port)
                client.send(call("hold"))
                clients.append(client)
            }
            #expect(await settles(server) { $0.engine.calls == 5 })
        }
        for client in clients {
            let text = client.receive()
            #expect(text.contains("the server is stopping"))
            #expect(text.contains("Connection: close"))
        }
    }

    @Test func pagesAreServedAndTheTreeHasItsForm() async throws {
        try await with { (server: TestServer, port: Int) async throws in
            let target = try #require(DebugClient.Target(url: "http://127.0.0.1:\(port)"))
            let health = try JSONDocument(try DebugClient.get("/health", from: target)).root
            #expect(health["status"]?.string == "ok")
            #expect(health["tools"]?.int64 == 3)
            let scopes = try JSONDocument(try DebugClient.get("/debug/scopes?format=json", from: target)).root
            #expect(scopes["scopes"]?["children"]?.count == 2)
            for gauge in [
                "scopes", "tasks", "processes", "timers", "subscriptions", "channels", "finalizers", "sessions", "streams",
                "connections", "calls", "queuedBytes", "descriptors", "threads",
            ] { #expect(scopes["gauges"]?[key: gauge]?.int64 != nil, "\(gauge)") }
            #expect(scopes["totals"]?["connection"]?["live"]?.int64 == 1)
            #expect(scopes["counters"]?.kind == .object)
            let text = String(decoding: try DebugClient.get("/debug/scopes", from: target), as: UTF8.self)
            #expect(text.hasPrefix("server "))
            #expect(throws: DebugClient.Failure.self) { try DebugClient.get("/nothing", from: target) }
        }
    }

    @Test func aPortThatIsTakenIsOneClearLine() async throws {
        try await with { (server: TestServer, port: Int) async throws in
            let other = try TestServer(plugin: false)
            #expect {
                _ = try other.ambit.startHTTP(HTTPConfiguration(port: port))
            } throws: { error in
                "\(error)".hasPrefix("can't listen on 127.0.0.1:\(port): ") && !"\(error)".contains("\n")
            }
            #expect(await other.stop().isClean)
        }
    }
}

extension String {
    fileprivate func components(of part: String) -> Int { ranges(of: part).count }
}
