import AmbitPlugin
import AmbitPluginTesting
import Testing

/// What authors do with the kit, against a plugin that does everything right.
@Suite struct TestHostTests {
    @Test func aCallRunsAsFastAsItsPluginLetsTime() async throws {
        try await withTestHost(Clock.self) { host in
            let result = try await host.call("clock_tick", ["times": 3])
            #expect(result.text == "done" && !result.isError)
            #expect(result.progress.map(\.value) == [1, 2, 3])
            #expect(result.progress.last == .init(value: 3, total: 3, message: "tick"))
            #expect(result.logs.last == .init(level: .info, data: ["tick": 3]))
            #expect(host.tools() == ["clock_tick"])
            #expect(host.inputSchema(of: "clock_tick")?["properties"]?["times"]?["maximum"] == 3600)
            #expect(host.log.contains { $0.contains("plugin loaded plugin=test-clock") })
        }
    }

    @Test func timeStandsStillUntilItIsAdvanced() async throws {
        try await withTestHost(Clock.self) { host in
            let call = try host.start("clock_tick", ["times": 100])
            await host.settle()
            #expect(call.progress.isEmpty && host.count(of: "timer") == 1)
            try await host.advance(by: .milliseconds(2500))
            #expect(call.progress.count == 2 && !call.isFinished)
            try await host.advance(by: .milliseconds(500))
            #expect(call.progress.count == 3)
            call.cancel()
            await #expect(throws: TestCallError.ended(.cancelled, "")) { try await call.result() }
            await host.settle()
            #expect(host.count(of: "call") == 0 && host.count(of: "timer") == 0, "\(host.tree)")
        }
    }

    @Test func aClientThatIsGoneEndsItsCall() async throws {
        try await withTestHost(Clock.self) { host in
            let call = try host.start("clock_tick")
            await host.settle()
            call.disconnect()
            await #expect(throws: TestCallError.ended(.disconnected, "")) { try await call.result() }
        }
    }

    @Test func aClientThatDoesNotReadHoldsUpLogsAndLosesProgress() async throws {
        try await withTestHost(Clock.self) { host in
            let call = try host.start("clock_tick", ["times": 2])
            call.stopReading()
            try await host.advance(by: .seconds(10))
            #expect(call.logs.isEmpty && !call.isFinished)
            call.resumeReading()
            let result = try await call.result()
            #expect(result.logs.count == 2 && result.progress.map(\.value) == [2])
        }
    }

    @Test func aCallWithoutProgressMeetsItsLimit() async throws {
        try await withTestHost(Probe.self) { host in
            let call = try host.start("probe_sleep", ["seconds": 1000])
            try await host.advance(by: .seconds(121))
            do {
                _ = try await call.result()
                Issue.record("it was not ended")
            } catch TestCallError.ended(let kind, let text) {
                #expect(kind == .deadline && text.contains("120"), "\(text)")
            }
        }
    }

    @Test func whatWaitsForNothingThatTimeChangesIsNamedWithTheTree() async throws {
        try await withTestHost(Probe.self) { host in
            let call = try host.start("probe_wait")
            do {
                _ = try await call.result(within: .milliseconds(300))
                Issue.record("it has a result")
            } catch TestCallError.stuck(let tree) {
                #expect(tree.contains("probe_wait"))
            }
            call.cancel()
        }
    }

    @Test func sessionsOfBothErasEnd() async throws {
        try await withTestHost(Probe.self) { host in
            // Handles: minted, passed back, nobody else's, ended by their idle time.
            let first = try await host.call("probe_session", client: TestClient(principal: "p"))
            let handle = try #require(first.session)
            #expect(first.text.contains("new"))
            let client = TestClient(principal: "p")
            #expect(try await host.call("probe_session", ["session": .string(handle)], client: client).text == "again")
            let stranger = try await host.call(
                "probe_session", ["session": .string(handle)], client: TestClient(principal: "q"))
            #expect(stranger.isError)
            let session = try #require(host.session(handle: handle, principal: "p"))
            try await host.advance(by: .seconds(61))
            #expect(!session.isOpen && host.sessionCount == 0)
            // Protocol sessions.
            let old = try host.openSession()
            #expect(try await host.call("probe_session", session: old).text == "new legacy")
            #expect(try await host.call("probe_session", session: old).text == "again")
            await old.end()
            #expect(!old.isOpen && host.sessionCount == 0)
            #expect(host.log.contains { $0.contains("session closed") })
        }
    }

    @Test func configurationIsDecodedOrRefusedWithItsPath() async throws {
        try await withTestHost(Probe.self, configuration: ["greeting": "hello", "limits": ["lines": 3]]) { host in
            let result = try await host.call("probe_config")
            #expect(result.text == "hello 3")
        }
        #expect(
            throws: TestHostError(
                #"Probe: create of 'probe' failed (status 3): configuration: "limits.lines": expected an integer, got "x""#)
        ) { try TestHost(Probe.self, configuration: ["limits": ["lines": "x"]]) }
    }

    /// The example's library is built with the whole package, not in its subsets.
    @Test(.enabled(if: Beside.has("libClock.so")))
    func aPluginIsLoadedFromItsLibrary() async throws {
        let host = try TestHost(path: Beside.path("libClock.so"))
        let result = try await host.call("clock_tick", ["times": 2])
        #expect(result.text == "done" && result.progress.count == 2)
        try await host.close()
    }

    @Test func misuseOfTheKitIsAnErrorThatSaysSo() async throws {
        try await withTestHost(Clock.self, time: .machine) { host in
            await #expect(throws: TestHostError.self) { try await host.advance(by: .seconds(1)) }
            #expect(throws: TestHostError("there is no tool \"nope\"; offered are clock_tick")) { try host.start("nope") }
            #expect(throws: TestHostError.self) { try host.start("clock_tick", .raw("{")) }
        }
        #expect(throws: TestHostError.self) { try TestHost(path: "/nonexistent/plugin.so") }
    }
}
