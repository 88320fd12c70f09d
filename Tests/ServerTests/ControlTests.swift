import CLinux
import Glibc
import JSON
import Scopes
import Testing
import Transport

@testable import Server

/// A server's control socket, spoken to through plain sockets.
@Suite(.serialized) struct ControlTests {
    private func with(_ body: (TestServer, String) async throws -> Void) async throws {
        _ = ambit_linux_ignore_sigpipe()
        let folder = try ControlTestFolder()
        defer { folder.remove() }
        let server = try TestServer()
        server.ambit.startControl(in: [folder.folder])
        server.load()
        let path = try #require(folder.names.first)
        try await body(server, path)
        let gauges = try #require(server.ambit.parts.withLock { $0.control }).gauges
        #expect(await server.stop().isClean)
        #expect(folder.names.isEmpty)
        #expect(gauges.connections.value == 0)
        #expect(gauges.queuedBytes.value == 0)
        #expect(server.engine.calls == 0)
    }

    private func settles(_ server: TestServer, _ condition: () -> Bool) async -> Bool {
        for _ in 0..<5000 {
            if condition() { return true }
            await withCheckedContinuation { continuation in
                _ = server.ambit.runtime.timers.schedule(after: 1_000_000, on: server.ambit.runtime.executor) { continuation.resume() }
            }
        }
        return false
    }

    private func ask(_ path: String, _ request: String) throws -> JSONValue {
        let client = try ControlTestClient(path)
        client.send(request + "\n")
        let answer = try #require(client.line())
        #expect(answer["version"]?.int64 == 1)
        #expect(client.line() == nil, "one answer, then the end")
        return answer
    }

    @Test func theSocketIsPrivateAndNamedAfterItsProcess() async throws {
        try await with { (server: TestServer, path: String) async throws in
            #expect(path.hasSuffix("/\(getpid()).sock"))
            var facts = ambit_linux_file_facts()
            #expect(ambit_linux_path_facts(path, 0, &facts) == 0)
            #expect(facts.mode & 0o777 == 0o600)
        }
    }

    @Test func commandsAnswer() async throws {
        try await with { (server: TestServer, path: String) async throws in
            let facts = try ask(path, #"{"version":1,"command":"server"}"#)["result"]
            #expect(facts?["pid"]?.int64 == Int64(getpid()))
            #expect(facts?["plugins"]?.int64 == 1)
            #expect(try ask(path, #"{"version":1,"command":"health"}"#)["result"]?["status"]?.string == "ok")
            let tree = try ask(path, #"{"version":1,"command":"scopes"}"#)["result"]
            #expect(tree?["scopes"]?["level"]?.string == "server")
            let cut = try ask(path, #"{"version":1,"command":"scopes","depth":0}"#)["result"]
            #expect(cut?["scopes"]?["children"]?.count == 0)
            let found = try ask(path, #"{"version":1,"command":"scopes","path":"PLUGIN"}"#)["result"]
            #expect(found?["matches"]?.count == 1)
            let text = try ask(path, #"{"version":1,"command":"scopes","format":"text"}"#)["result"]?["text"]?.string
            #expect(text?.hasPrefix("server ") == true)
            let tools = try ask(path, #"{"version":1,"command":"tools"}"#)["result"]?["tools"]
            #expect(tools?.elements.compactMap { $0["name"]?.string } == ["echo", "hold", "count", "question"])
            #expect(tools?[0]?["plugin"]?.string == "test")
            let plugins = try ask(path, #"{"version":1,"command":"plugins"}"#)["result"]?["plugins"]
            #expect(plugins?[0]?["generation"]?.int64 == 1)
            #expect(plugins?[0]?["state"]?.string == "ready")
        }
    }

    @Test(arguments: [
        ("nonsense", "invalid-request"), ("[]", "invalid-request"), (#"{"command":"health"}"#, "invalid-request"),
        (#"{"version":2,"command":"health"}"#, "unsupported-version"), (#"{"version":1}"#, "invalid-request"),
        (#"{"version":1,"command":"reboot"}"#, "unknown-command"), (#"{"version":1,"command":"health","x":1}"#, "invalid-request"),
        (#"{"version":1,"version":1,"command":"health"}"#, "invalid-request"),
        (#"{"version":1,"command":"scopes","depth":-1}"#, "invalid-request"),
        (#"{"version":1,"command":"scopes","watch":1}"#, "invalid-request"),
        (#"{"version":1,"command":"call","name":"ecko"}"#, "unknown-tool"),
        (#"{"version":1,"command":"plugin-restart"}"#, "invalid-request"),
        (#"{"version":1,"command":"plugin-restart","name":"nope"}"#, "failed"),
        (#"{"version":1,"command":"call","name":"echo","arguments":[]}"#, "invalid-request"),
    ])
    func whatIsWrongIsSaid(_ request: String, _ code: String) async throws {
        try await with { (server: TestServer, path: String) async throws in
            let error = try ask(path, request)["error"]
            #expect(error?["code"]?.string == code)
            #expect(error?["message"]?.string?.isEmpty == false)
            if code == "unknown-tool" { #expect(error?["message"]?.string?.contains("did you mean 'echo'") == true) }
        }
    }

    @Test func aCallReportsItsProgressAndItsResult() async throws {
        try await with { (server: TestServer, path: String) async throws in
            let client = try ControlTestClient(path)
            client.send(#"{"version":1,"command":"call","name":"count","arguments":{"a":[1, 2]}}"# + "\n")
            for step in 1...3 {
                let event = client.line()?["event"]
                #expect(event?["method"]?.string == "notifications/progress")
                #expect(event?["params"]?["progress"]?.int64 == Int64(step))
            }
            let result = client.line()?["result"]
            #expect(result?["content"]?[0]?["text"]?.string == #"{"a":[1,2]}"#)
            #expect(client.line() == nil)
        }
    }

    /// The client closes the side that it sends on: the call's scope closes, and the last line says so.
    @Test func aCallThatIsTakenBackIsCancelled() async throws {
        try await with { (server: TestServer, path: String) async throws in
            let client = try ControlTestClient(path)
            client.send(#"{"version":1,"command":"call","name":"hold"}"# + "\n")
            #expect(await settles(server) { server.engine.calls == 1 })
            client.takeBack()
            #expect(client.line()?["error"]?["code"]?.string == "cancelled")
            #expect(await settles(server) { server.engine.calls == 0 })
        }
    }

    @Test func aClientThatVanishesLosesItsCall() async throws {
        try await with { (server: TestServer, path: String) async throws in
            var client: ControlTestClient? = try ControlTestClient(path)
            client?.send(#"{"version":1,"command":"call","name":"hold"}"# + "\n")
            #expect(await settles(server) { server.engine.calls == 1 })
            client = nil
            #expect(await settles(server) { server.engine.calls == 0 })
            _ = client
        }
    }

    @Test func moreThanOneLineEndsTheConnection() async throws {
        try await with { (server: TestServer, path: String) async throws in
            let client = try ControlTestClient(path)
            client.send(#"{"version":1,"command":"call","name":"hold"}"# + "\n")
            #expect(await settles(server) { server.engine.calls == 1 })
            client.send("{}\n")
            #expect(client.line() == nil)
            #expect(await settles(server) { server.engine.calls == 0 })
        }
    }

    @Test func aLineThatIsTooLongIsRefused() async throws {
        try await with { (server: TestServer, path: String) async throws in
            let client = try ControlTestClient(path)
            let part = String(repeating: "x", count: 1 << 20)
            for _ in 0..<5 where client.send(part) {}
            #expect(client.line()?["error"]?["code"]?.string == "too-long")
        }
    }

    @Test func aWatchShowsTheTreeAgainAndAgainUntilItIsTakenBack() async throws {
        try await with { (server: TestServer, path: String) async throws in
            let client = try ControlTestClient(path)
            client.send(#"{"version":1,"command":"scopes","depth":0,"watch":100}"# + "\n")
            for _ in 0..<3 { #expect(client.line()?["event"]?["scopes"]?["name"]?.string == "server") }
            client.takeBack()
            var last: JSONValue?
            while let line = client.line() { last = line }
            #expect(last?["error"]?["code"]?.string == "cancelled")
        }
    }

    @Test func clientsThatAreAttachedEndWithTheServer() async throws {
        var clients: [ControlTestClient] = []
        try await with { (server: TestServer, path: String) async throws in
            for request in [
                #"{"version":1,"command":"call","name":"hold"}"# + "\n", #"{"version":1,"command":"scopes","watch":60000}"# + "\n", "", "{",
            ] {
                let client = try ControlTestClient(path)
                client.send(request)
                clients.append(client)
            }
            #expect(await settles(server) { server.engine.calls == 1 })
            let gauges = try #require(server.ambit.parts.withLock { $0.control }).gauges
            #expect(await settles(server) { gauges.connections.value == 4 })
        }
        for client in clients { while client.line() != nil {} }
    }

    @Test func theLogLevelOfAServerWithoutALogIsNotChanged() async throws {
        try await with { (server: TestServer, path: String) async throws in
            #expect(try ask(path, #"{"version":1,"command":"log-level"}"#)["error"]?["code"]?.string == "failed")
        }
    }
}
