import JSON
import MCP
import PluginHost
import Scopes
import TestSupport
import Testing
import Transport

@testable import Server

/// `subscriptions/listen`, and the one hub that both eras' clients are told by.
@Suite struct ListenTests {
    private static let all =
        #""notifications":{"toolsListChanged":true,"promptsListChanged":true,"resourceSubscriptions":["ambit://scopes"]}"#

    private func with(
        _ change: (inout AmbitConfiguration) -> Void = { _ in }, _ body: (TestServer) async throws -> Void
    ) async throws {
        let server = try TestServer(change: change)
        server.load()
        try await body(server)
        #expect(await server.stop().isClean)
        #expect(server.engine.hub.count == 0)
        #expect(server.engine.inFlight.count == 0)
        #expect(server.ambit.runtime.ledger.gauge("stream") == 0)
    }

    private func listen(_ server: TestServer, id: String = "1", _ params: String = all) throws -> FakeSink {
        try server.modern("subscriptions/listen", id: id, params: params)
    }

    private func listenOnStdio(_ server: TestServer, id: String) throws -> FakeSink {
        let text =
            #"{"jsonrpc":"2.0","id":\#(id),"method":"subscriptions/listen","params":{"notifications":{"toolsListChanged":true},\#(TestServer.modernMeta)}}}"#
        return try server.send(text, .stdio)
    }

    private static func changes(_ sink: FakeSink) -> Int { sink.notes.count { $0.contains("tools/list_changed") } }

    @Test func theAcknowledgementComesFirstAndSaysWhatIsHonoured() async throws {
        try await with { (server: TestServer) async throws in
            let sink = try listen(server, id: #""x""#)
            #expect(sink.isStream && sink.answer == nil)
            let first = try JSONDocument(parsing: try #require(sink.notes.first)).root
            #expect(first["method"]?.string == "notifications/subscriptions/acknowledged")
            #expect(
                first["params"]?["notifications"]?.members.compactMap { $0.0.string } == [
                    "toolsListChanged", "promptsListChanged", "resourceSubscriptions",
                ])
            #expect(first["params"]?["_meta"]?["io.modelcontextprotocol/subscriptionId"]?.string == "x")
            server.engine.hub.publish(.toolsListChanged, to: [.everybody])
            server.engine.hub.publish(.promptsListChanged, to: [.everybody])
            server.engine.hub.publish(.resourcesListChanged, to: [.everybody])
            server.engine.hub.publish(.resourceUpdated(uri: "ambit://scopes"), to: [.everybody])
            server.engine.hub.publish(.resourceUpdated(uri: "ambit://other"), to: [.everybody])
            #expect(sink.notes.count == 4 && sink.notes[1].contains("tools/list_changed"))
            #expect(sink.notes[2].contains("prompts/list_changed") && sink.notes[3].contains("ambit://scopes"))
            let found = try server.modern("server/discover").answer?.message?["result"]?["capabilities"]
            #expect(found?["tools"]?["listChanged"]?.bool == true)
        }
    }

    @Test func resourcesThatThereAreNotAreNotHonoured() async throws {
        try await with { (server: TestServer) async throws in
            // A folder of resources is one that can be watched.
            let sink = try listen(
                server, #""notifications":{"resourceSubscriptions":["ambit://nothing","ambit://scopes","ambit://scopes/x","ambit:/"]}"#)
            let first = try JSONDocument(parsing: try #require(sink.notes.first)).root
            #expect(
                first["params"]?["notifications"]?["resourceSubscriptions"]?.elements.compactMap(\.string) == ["ambit://scopes", "ambit:/"])
            let session = try server.session()
            func subscribe(_ uri: String, _ how: String = "subscribe") throws -> FakeSink.Answer? {
                try server.legacy(session, #"{"jsonrpc":"2.0","id":1,"method":"resources/\#(how)","params":{"uri":"\#(uri)"}}"#).answer
            }
            #expect(try subscribe("ambit://scopes")?.message?["result"]?.count == 0)
            let unknown = try subscribe("ambit://nothing")
            #expect(unknown?.code == -32002 && unknown?.message?["error"]?["data"]?["uri"]?.string == "ambit://nothing")
            #expect(try subscribe("ambit://nothing", "unsubscribe")?.message?["result"]?.count == 0)
        }
    }

    @Test func aListenThatNamesResourcesWaitsForThePluginsAndCanBeTakenBack() async throws {
        let server = try TestServer()
        _ = try server.engine.openStdio()
        let pipe = FakeSink()
        server.engine.setStdio(pipe)
        func open(_ id: Int, _ filter: String) throws -> FakeSink {
            try server.send(
                #"{"jsonrpc":"2.0","id":\#(id),"method":"subscriptions/listen","params":{"notifications":{\#(filter)},\#(TestServer.modernMeta)}}}"#,
                .stdio)
        }
        let resources = #""resourceSubscriptions":["ambit://scopes"]"#
        let (first, second, lists) = (try open(1, resources), try open(2, resources), try open(3, #""toolsListChanged":true"#))
        #expect(first.notes.isEmpty && second.notes.isEmpty && lists.notes.count == 1)
        _ = try server.send(#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#, .stdio)
        server.load()
        #expect(eventually { second.notes.count == 1 && first.isEnded })
        #expect(first.notes.isEmpty && second.notes.first?.contains("ambit://scopes") == true)
        #expect(await server.stop().isClean)
        #expect(server.engine.inFlight.count == 0)
    }

    /// Guards the lock around registration and acknowledgement in `Listen.begin`.
    @Test func noEventComesBeforeTheAcknowledgementAndNoneIsLost() async throws {
        try await with { (server: TestServer) async throws in
            let engine = server.engine
            let isOver = Lock(false)
            let publisher = ThreadExecutor(name: "publisher", threads: 1)
            let ended = Latch()
            publisher.post {
                while !isOver.withLock({ $0 }) { engine.hub.publish(.toolsListChanged, to: [.everybody]) }
                ended.open()
            }
            let sinks = try (0..<200).map { try listen(server, id: "\($0)") }
            isOver.withLock { $0 = true }
            ended.wait()
            _ = publisher.stop()
            engine.hub.publish(.toolsListChanged, to: [.everybody])
            for sink in sinks {
                #expect(sink.notes.first?.contains("acknowledged") == true)
                #expect(sink.notes.count { $0.contains("acknowledged") } == 1)
                #expect(Self.changes(sink) >= 1)
            }
        }
    }

    @Test func severalListensAreToldOnceEachAndEndOnTheirOwn() async throws {
        try await with { (server: TestServer) async throws in
            let sinks = try (1...3).map { try listen(server, id: "\($0)") }
            let other = try listen(server, id: "4", #""notifications":{}"#)
            sinks[1].leave()
            server.engine.listsChanged([.init(.tools, .everybody)])
            #expect(sinks.map(Self.changes) == [1, 0, 1])
            #expect(other.notes.count == 1)
            // What one session alone sees is no change for those without one.
            server.engine.listsChanged([.init(.tools, .session(99))])
            #expect(sinks.map(Self.changes) == [1, 0, 1])
            #expect(server.engine.hub.count == 3)
            #expect(server.ambit.runtime.ledger.gauge("stream") == 3)
        }
    }

    @Test func whatASlowClientIsNotToldAtOnceWaitsOnceEach() async throws {
        try await with { (server: TestServer) async throws in
            let sink = try listen(server)
            sink.stall()
            for _ in 0..<100 { server.engine.listsChanged([.init(.tools, .everybody)]) }
            #expect(sink.notes.count == 1)
            sink.resume()
            #expect(Self.changes(sink) == 1)
            server.engine.listsChanged([.init(.tools, .everybody)])
            #expect(Self.changes(sink) == 2)
        }
    }

    @Test func malformedFiltersAndTooManyStreamsAreRefused() async throws {
        try await with({ $0.limits.streams = 1 }) { (server: TestServer) async throws in
            #expect(try listen(server, #""notifications":{"toolsListChanged":1}"#).answer?.code == -32602)
            #expect(try listen(server, "").answer?.code == -32602)
            let one = try listen(server)
            #expect(try listen(server, id: "2").answer?.status == 503)
            one.leave()
            #expect(try listen(server, id: "3").answer == nil)
            let session = try server.session()
            let legacy = try server.legacy(session, #"{"jsonrpc":"2.0","id":1,"method":"subscriptions/listen","params":{}}"#)
            #expect(legacy.answer?.code == -32601)
        }
    }

    @Test func theServersEndIsAnAnswer() async throws {
        let server = try TestServer()
        server.load()
        let sink = try listen(server, id: "42")
        #expect(await server.stop().isClean)
        let result = await sink.ended()?.message?["result"]
        #expect(result?["resultType"]?.string == "complete")
        #expect(result?["_meta"]?["io.modelcontextprotocol/subscriptionId"]?.int64 == 42)
    }

    @Test func onStdioItIsCancelledByItsIdAndEndsWithResultAndCancellation() async throws {
        let server = try TestServer()
        let pipe = FakeSink()
        server.engine.setStdio(pipe)
        server.load()
        _ = try server.engine.openStdio()
        let one = try listenOnStdio(server, id: "1")
        let two = try listenOnStdio(server, id: "2")
        #expect(try listenOnStdio(server, id: "2").answer?.code == -32600)
        _ = try server.send(#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#, .stdio)
        #expect(one.isEnded && one.answer == nil)
        server.engine.listsChanged([.init(.tools, .everybody)])
        #expect(Self.changes(one) == 0 && Self.changes(two) == 1)
        #expect(await server.stop().isClean)
        #expect(await two.ended()?.message?["result"]?["resultType"]?.string == "complete")
        #expect(pipe.notes.count == 1 && pipe.notes.first?.contains(#""requestId":2"#) == true)
        #expect(server.engine.inFlight.count == 0 && server.engine.hub.count == 0)
    }

    @Test func aLegacySessionIsToldOnOneStreamAndMissesNothingWithoutOne() async throws {
        try await with { (server: TestServer) async throws in
            let session = try server.session()
            let facts = HTTPFacts(sessionID: session)
            let streams = [FakeSink(), FakeSink(), FakeSink()]
            server.engine.openStream(facts, from: TestServer.peer, sink: streams[0])
            server.engine.listsChanged([.init(.tools, .everybody)])
            #expect(streams[0].notes.isEmpty, "it has not initialized yet")
            _ = try server.legacy(session, #"{"jsonrpc":"2.0","method":"notifications/initialized"}"#)
            server.engine.openStream(facts, from: TestServer.peer, sink: streams[1])
            server.engine.listsChanged([.init(.tools, .everybody)])
            #expect(streams.map(Self.changes) == [1, 0, 0])
            streams[0].leave()
            streams[1].leave()
            for _ in 0..<3 { server.engine.listsChanged([.init(.tools, .everybody)]) }
            server.engine.openStream(facts, from: TestServer.peer, sink: streams[2])
            #expect(streams.map(Self.changes) == [1, 0, 1])
        }
    }

    /// Guards `streams.slow`: resources that change faster than a client reads end its listen rather than grow.
    @Test func aListenWithTooMuchToTellIsClosedAndCounted() async throws {
        try await with({ $0.limits.pendingEvents = 4 }) { (server: TestServer) async throws in
            var filter = SubscriptionFilter()
            filter.resourceSubscriptions = ["a:/"]
            let sink = FakeSink()
            let listen = Listen(
                server.engine, id: .integer(1), principal: "", filter: filter, encoder: server.engine.encoder(for: .latestModern),
                sessionKey: nil,
                key: nil, sink: sink)
            try server.ambit.scope.add(listen)
            listen.begin()
            sink.stall()
            for number in 0..<5 { server.engine.hub.publish(.resourceUpdated(uri: "a:/\(number)"), to: [.everybody]) }
            #expect(sink.isEnded)
            #expect(sink.notes.count == 1)
            #expect(server.ambit.runtime.ledger.counters().first { $0.0 == "streams.slow" }?.1 == 1)
        }
    }
}
