import Glibc
import JSON
import Scopes
import Testing
import Transport

@testable import Server

/// A server on a port of the loopback, spoken to through plain sockets.
@Suite(.serialized) struct HTTPServerTests {
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
            let client = try SocketClient(port: port)
            client.send(SocketClient.call("echo") + SocketClient.call("count", meta: ",\"progressToken\":2") + SocketClient.call("echo"))
            let text = client.receive(until: "0\r\n\r\nHTTP/1.1 200 OK")
            #expect(text.contains("text/event-stream"))
            #expect(text.components(of: "notifications/progress") == 3)
        }
    }

    @Test func whoComesBeyondTheMostConnectionsIsToldSo() async throws {
        let server = try TestServer()
        var limits = HTTPLimits()
        limits.connections = 2
        let port = try server.ambit.startHTTP(HTTPConfiguration(port: 0, limits: limits)).port
        server.load()
        var served: [SocketClient] = []
        for _ in 1...2 {
            let client = try SocketClient(port: port)
            client.send(SocketClient.call("echo"))
            #expect(client.receive(until: "\r\n\r\n").hasPrefix("HTTP/1.1 200"))
            served.append(client)
        }
        // As many as are answered at once; what they ask for is not looked at.
        let refused = try (0..<64).map { _ in try SocketClient(port: port) }
        for client in refused {
            client.send(SocketClient.call("echo"))
            let text = client.receive()
            #expect(text.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n") && text.contains("\r\nRetry-After: 1\r\n"))
            #expect(text.contains("Limit reached: 2 connections are open, the most that max-connections allows"))
        }
        // Those that are not at an end yet keep their places; then there is room for others.
        let silent = try SocketClient(port: port)
        #expect(silent.receive() == "")
        #expect(await settles(server) { $0.ambit.runtime.ledger.gauge("connection") == 2 })
        served = []
        #expect(await settles(server) { $0.ambit.gauges.connections.value == 0 })
        let next = try SocketClient(port: port)
        next.send(SocketClient.call("echo"))
        #expect(next.receive(until: "\r\n\r\n").hasPrefix("HTTP/1.1 200"))
        #expect(await server.stop().isClean)
        withExtendedLifetime(refused) {}
    }

    @Test(arguments: ["close", "reset", "half"]) func aClientThatLeavesCancelsItsCall(_ how: String) async throws {
        try await with { (server: TestServer, port: Int) async throws in
            var client: SocketClient? = try SocketClient(port: port)
            client?.send(SocketClient.call("hold"))
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

    /// An answer that is there is sent before the connection ends, to one who has said all that it will say, too.
    @Test func aClientThatEndsItsOutputIsStillAnswered() async throws {
        try await with { (_: TestServer, port: Int) async throws in
            let client = try SocketClient(port: port)
            client.send(SocketClient.call("echo") + SocketClient.call("echo"))
            shutdown(client.descriptor, Int32(SHUT_WR))
            #expect(client.receive().components(of: "HTTP/1.1 200") == 2)
        }
    }

    /// Row stop-with-clients-attached.
    @Test func stopEndsEveryStreamProperly() async throws {
        var clients: [SocketClient] = []
        try await with { (server: TestServer, port: Int) async throws in
            for _ in 0..<5 {
                let client = try SocketClient(port: port)
                client.send(SocketClient.call("hold"))
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
            let target = try #require(RemoteServer(url: "http://127.0.0.1:\(port)"))
            let health = try JSONDocument(try RemoteConnection.get("/health", from: target)).root
            #expect(health["status"]?.string == "ok")
            #expect(health["tools"]?.int64 == 4)
            let scopes = try JSONDocument(try RemoteConnection.get("/debug/scopes?format=json", from: target)).root
            #expect(scopes["scopes"]?["children"]?.count == 2)
            for gauge in [
                "scopes", "tasks", "processes", "timers", "subscriptions", "channels", "finalizers", "sessions", "streams",
                "connections", "calls", "queuedBytes", "descriptors", "threads",
            ] { #expect(scopes["gauges"]?[key: gauge]?.int64 != nil, "\(gauge)") }
            #expect(scopes["totals"]?["connection"]?["live"]?.int64 == 1)
            #expect(scopes["counters"]?.kind == .object)
            let text = String(decoding: try RemoteConnection.get("/debug/scopes", from: target), as: UTF8.self)
            #expect(text.hasPrefix("server "))
            #expect(throws: RemoteServer.Failure.self) { try RemoteConnection.get("/nothing", from: target) }
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
