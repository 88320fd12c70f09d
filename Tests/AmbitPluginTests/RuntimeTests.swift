import CAmbit
import Testing

@testable import AmbitPlugin

private final class Sample: Plugin {
    static let about = About(name: "sample", version: "1", summary: "s", permissions: [.process])
    private let host: Host
    init(host: Host) throws {
        if host.configuration == "bad" { throw ToolError("bad configuration") }
        self.host = host
    }
    var tools: [Tool] {
        Tool("one", "d") { _ in .text("1") }
        if host.now == 42 { Tool("two", "d") { _ in .text("2") } }
    }
    func activate() throws { throw ToolError("port is taken") }
}

/// Sleep, tasks, channels, logs and the entry, against a fake host.
@Suite struct RuntimeTests {
    let fake = FakeHost()

    @Test func handlerRunsOnThePluginsThreadAndSleepsOnItsClock() async throws {
        let fake = fake
        let tool = Tool("t", "d") { call in
            #expect(fake.thread.isCurrent)
            try await call.scope.sleep(for: .seconds(3))
            #expect(fake.thread.isCurrent)
            call.progress(1)
            return .text("woken")
        }
        async let finished = fake.call(tool, [:], host: try fake.host)
        await fake.timerStarted()
        #expect(fake.fireTimers() == [3_000_000_000])
        #expect(try await finished.texts == ["woken"])
        await fake.settled()
        await fake.settled()
        #expect(fake.with { $0.tasks.count } == 0)
        #expect(fake.with { $0.progress } == [1])
        fake.end()
    }

    @Test func closingScopeEndsSleepAndFinishesOnce() async throws {
        let tool = Tool("t", "d") { call in
            try await call.scope.sleep(for: .seconds(3))
            return .text("woken")
        }
        async let finished = fake.call(tool, [:], host: try fake.host)
        await fake.timerStarted()
        fake.closeScopes()
        #expect(try await finished == .init(texts: ["cancelled"], structured: "", isError: true))
        #expect(fake.with { $0.secondFinishes } == 0)
        // Nothing starts in it any more.
        let late = await fake.call(tool, [:], host: try fake.host)
        #expect(late.isError)
        fake.end()
    }

    @Test func cancelledTaskEndsItsSleepAndTimer() async throws {
        let host = try fake.host
        let task = try host.scope.spawn("sleeper") { try await host.scope.sleep(for: .seconds(9)) }
        await fake.timerStarted()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(fake.with { $0.timers.count } == 0)
        fake.end()
    }

    @Test func channelDeliversInOrderWithBackPressure() async throws {
        let host = try fake.host
        let channel = try host.scope.channel(of: Int.self, capacity: 2)
        let sender = try host.scope.spawn("sender") {
            for number in 0..<500 { try await channel.send(number) }
            channel.finish()
        }
        var got: [Int] = []
        for try await item in channel { got.append(item.value) }
        try await sender.value
        #expect(got == Array(0..<500))
        fake.end()
    }

    @Test func cancelledReceiveLosesNothing() async throws {
        let host = try fake.host
        let channel = try host.scope.channel(of: String.self, capacity: 2)
        for round in 0..<200 {
            let task = try host.scope.spawn("receiver") { try await channel.receive()?.value }
            if round % 2 == 0 { await Task.yield() }
            task.cancel()
            #expect(channel.trySend("\(round)") == .ok)
            let value: String?
            do {
                value = try await task.value
            } catch {
                value = channel.tryReceive()?.value
            }
            #expect(value == "\(round)")
        }
        fake.end()
    }

    @Test func logWaitsForRoom() async throws {
        let fake = fake
        fake.with { $0.room = 1 }
        let tool = Tool("t", "d") { call in
            #expect(call.tryLog(.debug, "not wanted") == .ok)
            try await call.log(.info, "a")
            #expect(call.tryLog(.info, "x") == .full)
            fake.thread.post {
                // After the handler waits: this thread is the plugin's.
                fake.thread.post {
                    let ready = fake.with { state in
                        state.room = 1
                        defer { state.writable = [] }
                        return FakeHost.Unsent(state.writable)
                    }.value
                    #expect(ready.count == 1)
                    for ready in ready { ready() }
                }
            }
            try await call.log(.info, ["n": 1])
            return .text("")
        }
        _ = await fake.call(tool, [:], host: try fake.host)
        #expect(fake.with { $0.logged } == ["\"a\"", #"{"n":1}"#])
        fake.end()
    }

    @Test func aClientIsSentAwayWhereItComesBack() async throws {
        let fake = fake
        let tool = Tool("t", "d") { call in
            try call.disconnectClient()
            try call.disconnectClient(retryAfter: .milliseconds(250))
            let forever = Duration(secondsComponent: .max, attosecondsComponent: 0)
            #expect(throws: AmbitError.self) { try call.disconnectClient(retryAfter: forever) }
            fake.with { $0.comesBack = false }
            do throws(AmbitError) {
                try call.disconnectClient(retryAfter: .zero)
                Issue.record("it was not refused")
            } catch {
                #expect(error.status == .unsupported)
            }
            return .text("")
        }
        _ = await fake.call(tool, [:], host: try fake.host)
        #expect(fake.with { $0.disconnects } == [1000, 250])
        fake.end()
    }

    @Test func jobsSurviveAnEndedExecutor() async throws {
        let host = try fake.host
        fake.thread.end()
        let value = await Task(executorPreference: host.runtime.executor) { 7 }.value
        #expect(value == 7)
        fake.end()
    }

    @Test func descriptorIsBuiltOnceAndSaysWhatItIs() throws {
        let descriptor = try #require(export(Sample.self))
        #expect(descriptor == export(Sample.self))
        #expect(String(descriptor.pointee.name) == "sample")
        #expect(descriptor.pointee.permissions == UInt32(AMBIT_PERMISSION_PROCESS))
        let toolchain = String(descriptor.pointee.toolchain).split(separator: " ")
        #expect(toolchain.first == "swift" && toolchain.last?.split(separator: ".").count == 3)
        fake.end()
    }

    @Test func instanceOffersItsToolsAndReportsFailures() throws {
        let descriptor = try #require(export(Sample.self))
        var table = fake.table
        var out: UnsafePointer<ambit_plugin>?
        var error = ambit_error()
        error.struct_size = UInt32(MemoryLayout<ambit_error>.size)
        let bad = "bad".withAmbitText { descriptor.pointee.create(descriptor, &table, $0, &out, &error) }
        #expect(bad == Status.failed.rawValue && cText(error.text) == "bad configuration")

        #expect("{}".withAmbitText { descriptor.pointee.create(descriptor, &table, $0, &out, &error) } == 0)
        let plugin = try #require(out)
        let tools = try #require(plugin.pointee.get_extension(plugin.pointee.context, AMBIT_EXT_TOOLS))
            .assumingMemoryBound(to: ambit_plugin_tools.self)
        #expect(tools.pointee.count(plugin.pointee.context) == 2)
        #expect(tools.pointee.get(plugin.pointee.context, 1).map { String($0.pointee.name) } == "two")
        #expect(tools.pointee.get(plugin.pointee.context, 2) == nil)
        #expect(plugin.pointee.get_extension(plugin.pointee.context, "other/1") == nil)
        #expect(plugin.pointee.activate(plugin.pointee.context, &error) == Status.failed.rawValue)
        #expect(cText(error.text) == "port is taken")
        plugin.pointee.quiesce(plugin.pointee.context)
        plugin.pointee.destroy(plugin.pointee.context)
        fake.end()
    }
}
