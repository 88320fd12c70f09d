import CLinux
import Glibc
import JSON
import MCP
import Scopes
import Testing
import Transport

@testable import Server

/// Row stop-with-clients-attached, in one process: it needs one of its own, because it counts that process's threads and descriptors.
/// Tests/LeakTests runs it so (AMBIT_ALONE=1).
@Suite(.serialized, .enabled(if: getenv("AMBIT_ALONE") != nil)) struct RestartTests {
    private let cycles = getenv("AMBIT_SOAK") == nil ? 10 : 50

    private struct Running {
        let server: TestServer
        let port: Int
        let session: String
        /// Two thirds have a call under way, one third streams of a session.
        var clients: [SocketClient] = []

        init(attached: Int) throws {
            server = try TestServer()
            port = try server.ambit.startHTTP(HTTPConfiguration(port: 0)).port
            server.load()
            session = try server.session()
            for number in 0..<attached { clients.append(number % 3 == 0 ? try stream() : try call()) }
        }

        func call() throws -> SocketClient {
            let client = try SocketClient(port: port)
            client.send(SocketClient.call("hold"))
            return client
        }

        /// A stream for messages outside of requests; its head has come.
        func stream() throws -> SocketClient {
            let client = try SocketClient(port: port)
            client.send(
                "GET /mcp HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\nMCP-Protocol-Version: 2025-11-25\r\nMcp-Session-Id: \(session)\r\n\r\n"
            )
            try #require(client.receive(until: "\r\n\r\n").contains("text/event-stream"))
            return client
        }
    }

    /// Starts a server, attaches streams, stops it: all of it must be gone then.
    private func cycle() async throws {
        let running = try Running(attached: 9)
        let runtime = running.server.ambit.runtime
        // Counted by the engine, and owned by a scope: until then the stop is told in other words.
        for _ in 0..<5000 where running.server.engine.calls < 6 || runtime.ledger.gauge("call") < 6 {
            await withCheckedContinuation { next in _ = runtime.timers.schedule(after: 1_000_000, on: runtime.executor) { next.resume() } }
        }
        try #require(running.server.engine.calls == 6)
        let before = Monotonic.now()
        let report = await running.server.stop()
        let took = Monotonic.now() - before
        try #require(report.isClean, "\(report)")
        try #require(took < 3_000_000_000, "stopping took \(took / 1_000_000) ms")
        for (number, client) in running.clients.enumerated() {
            let rest = client.receive()
            try #require(number % 3 == 0 ? rest.hasSuffix("0\r\n\r\n") : rest.contains("the server is stopping"), "\(number): \(rest)")
        }
        for kind in runtime.ledger.totals() { try #require(kind.live == 0, "\(kind)") }
        let gauges = running.server.ambit.gauges
        try #require(gauges.connections.value + gauges.streams.value + gauges.exchanges.value + gauges.queuedBytes.value == 0)
    }

    @Test func startedAndStoppedAgainAndAgainWithStreamsAttachedNothingIsLeft() async throws {
        try await cycle()  // what a process makes once
        let (descriptors, threads) = (ambit_linux_self_descriptors(), ambit_linux_self_threads())
        for _ in 0..<cycles { try await cycle() }
        // A thread that was joined is gone from /proc a moment later, and so may have been some of the first cycle's. The last thread of a runtime to
        // end gives its descriptors back.
        let deadline = Monotonic.now() + 10_000_000_000
        while ambit_linux_self_threads() > threads || ambit_linux_self_descriptors() > descriptors, Monotonic.now() < deadline {
            sched_yield()
        }
        #expect(ambit_linux_self_threads() <= threads)
        #expect(ambit_linux_self_descriptors() <= descriptors)

        // One message on the last of all these servers is one copy.
        let running = try Running(attached: 0)
        let client = try running.stream()
        let ambit = running.server.ambit
        let subscription = try ambit.bus.subscribe(in: ambit.scope, topic: "restart", capacity: 16, overflow: .dropOldest)
        ambit.bus.publish(topic: "restart", payload: [1])
        #expect(subscription.depth.items == 1)
        let session = try #require(running.server.engine.find(running.session, of: TestServer.peer))
        session.deliver(.toolsListChanged)
        #expect(await running.server.stop().isClean)
        #expect(client.receive().ranges(of: "list_changed").count == 1)
    }
}
