import CAmbit
import Glibc
import JSON
import MCP
import Scopes
import TestSupport
import Testing

@testable import PluginHost

@Suite struct CallTests {
    private let second: Int64 = 1_000_000_000

    private func loaded() throws -> (TestHost, PluginInstance, Fixture, Tables) {
        let test = TestHost()
        let fixture = try Fixture()
        let plugin = try test.host.load(path: fixture.path)
        return (test, plugin, fixture, try Tables(plugin))
    }

    private func finish(_ tables: Tables, _ call: ambit_call) -> ambit_status {
        var result = ambit_result()
        result.struct_size = UInt32(MemoryLayout<ambit_result>.size)
        return tables.call.finish(call, &result, nil)
    }

    @Test(arguments: ["echo_inline", "echo_async", "echo_blocking"])
    func echoAnswersOnceAndItsScopeCloses(tool: String) throws {
        let (test, plugin, _, _) = try loaded()
        let (call, sink) = try test.invoke(tool, #"{"a": [1, 2]}"#)
        #expect(sink.wait() == #"result {"a": [1, 2]}"#)
        let closed = Box<Report>()
        try #require(call).scope.whenClosed { closed.set($0) }
        #expect(closed.wait()?.reason.kind == .completed)
        // Whoever closed it goes on to take the handles away.
        plugin.settle()
        test.settle()
        #expect(sink.outcomes.count == 1)
        #expect(test.gauge("call") == 0)
        // Only those of the plugin itself are left: host and scope.
        #expect(plugin.handleCount == 2)
        test.shutdown()
        #expect(test.leftovers == [])
    }

    @Test func anInlineToolHasAnsweredWhenInvokeReturns() throws {
        let (test, _, _, _) = try loaded()
        let (call, sink) = try test.invoke("echo_inline")
        #expect(sink.text == "result {}")
        #expect(call?.isFinished == true)
        #expect(call?.scope.isOpen == false)
        // None for its deadline: the one that there is watches the loop.
        #expect(test.runtime.timers.count == 1)
        test.shutdown()
    }

    @Test func aSecondFinishIsRefusedCountedAndSendsNothing() throws {
        let (test, _, fixture, tables) = try loaded()
        let (_, sink) = try test.invoke("twice")
        #expect(sink.outcomes.count == 1)
        #expect(fixture.counter(.lateStatus) == Int(AMBIT_ALREADY_FINISHED))
        #expect(test.counter("calls.late") == 1)
        // Also when the call is long gone.
        let (call, _) = try test.invoke("hold")
        let handle = try #require(call).handle
        #expect(finish(tables, handle) == ok)
        test.settle()
        #expect(finish(tables, handle) == AMBIT_ALREADY_FINISHED)
        #expect(finish(tables, handle &+ 5) == AMBIT_STALE_HANDLE)
        test.shutdown()
    }

    /// A picture of the tree describes what it has found after it has looked: by then the call may be gone.
    @Test func theEntryOfACallThatIsGoneCanBeDescribed() throws {
        let (test, _, _, tables) = try loaded()
        weak var gone: Call?
        let entry: CallEntry
        do {
            let call = try #require(try test.invoke("hold").0)
            gone = call
            entry = try #require(call.core.withLock { $0.entry })
            #expect(entry.describe.isEmpty)
            #expect(finish(tables, call.handle) == ok)
        }
        test.settle()
        // The plugin's thread lets go of it on its way out of the job.
        #expect(eventually { gone == nil })
        #expect(!entry.describe.isEmpty)
        test.shutdown()
    }

    @Test func cancellingGivesOneOutcomeWhateverTheHandlerDoesLater() throws {
        let (test, plugin, _, tables) = try loaded()
        let (call, sink) = try test.invoke("hold")
        let handle = try #require(call).handle
        plugin.settle()
        call?.cancel(Reason(.cancelled, by: "client", text: "enough"))
        #expect(sink.wait() == "cancelled cancelled: enough")
        #expect(finish(tables, handle) == AMBIT_ALREADY_FINISHED)
        call?.cancel(Reason(.disconnected, by: "client"))
        #expect(sink.outcomes.count == 1)
        test.shutdown()
        #expect(test.leftovers == [])
    }

    @Test func aCallThatIsCancelledBeforeItsHandlerRanNeverRunsIt() throws {
        let (test, plugin, fixture, _) = try loaded()
        let latches = [Latch(), Latch()]
        let started = [Latch(), Latch()]
        for (latch, start) in zip(latches, started) {
            plugin.executor.post {
                start.open()
                _ = latch.wait(nanoseconds: 10_000_000_000)
            }
        }
        for start in started { _ = start.wait(nanoseconds: 10_000_000_000) }
        let (call, sink) = try test.invoke("hold")
        call?.cancel(Reason(.cancelled, by: "client"))
        #expect(sink.outcomes.count == 1)
        for latch in latches { latch.open() }
        plugin.settle()
        #expect(fixture.counter(.invoked) == 0)
        test.shutdown()
        #expect(test.leftovers == [])
    }

    @Test func closingTheSessionEndsItsCallsAndTheScopeHasTwoOwners() throws {
        let (test, plugin, _, _) = try loaded()
        let session = try test.host.sessions.open(kind: .protocol, idle: 0, principal: "")
        let (call, sink) = try test.invoke("hold", session: session)
        let use = try session.use(for: plugin)
        #expect(try session.use(for: plugin) === use)
        #expect(call?.scope.path.contains("/fixture#1/call hold") == true)
        plugin.settle()
        #expect(session.scope.closeNow(Reason(.completed, by: "client", text: "DELETE"))?.isClean == true)
        #expect(sink.wait() == "cancelled completed: DELETE")
        #expect(test.host.sessions.find(id: session.id, principal: "") == nil)
        // And from the other side.
        let other = try test.host.sessions.open(kind: .protocol, idle: 0, principal: "")
        let (_, second) = try test.invoke("hold", session: other)
        #expect(plugin.closeNow()?.isClean == true)
        #expect(second.wait().hasPrefix("cancelled unloaded"))
        #expect(other.scope.isOpen)
        #expect(throws: AcquireError.self) { _ = try other.use(for: plugin) }
        test.shutdown()
        #expect(test.leftovers == [])
    }

    /// What the handler's task says when it hears of the end, in place of the task: right then, before the call hears of it.
    private final class Reacting: Resource, @unchecked Sendable {  // nothing of it changes
        enum Phase { case drain, cancel }

        private let call: Call
        private let at: Phase
        private let isError: Bool

        init(_ call: Call, at phase: Phase, isError: Bool) {
            (self.call, at, self.isError) = (call, phase, isError)
            super.init(.task)
        }

        private func say() {
            let result = CallResult(content: [.text(isError ? "cancelled" : "done")], isError: isError)
            call.finish(.result(result), Reason(.completed, by: "handler"))
        }

        override func drain(_ reason: Reason) -> Bool {
            if at == .drain { say() }
            return false
        }

        override func cancel(_ reason: Reason) {
            if at == .cancel { say() }
            super.cancel(reason)
        }
    }

    @Test(arguments: [true, false], [Reason.Kind.completed, .shutdown, .unloaded, .idle, .deadline, .cancelled])
    func whatAHandlerSaysWhenItHearsOfItsEndIsNoOutcome(isError: Bool, why: Reason.Kind) throws {
        let (test, plugin, _, _) = try loaded()
        let session = try test.host.sessions.open(kind: .protocol, idle: 0, principal: "")
        let (call, sink) = try test.invoke("hold", session: session)
        plugin.settle()
        let held = try #require(call)
        try held.scope.add(Reacting(held, at: .cancel, isError: isError))
        _ = session.scope.closeNow(Reason(why, by: "whoever", text: "why"))
        #expect(sink.wait() == "cancelled \(why.name): why")
        #expect(sink.outcomes.count == 1)
        test.shutdown()
        #expect(test.leftovers == [])
    }

    @Test func whatAHandlerFinishesWhileAPoliteCloseDrainsCountsUnlessItIsAFailure() throws {
        let (test, plugin, _, _) = try loaded()
        for (isError, outcome) in [(false, "result done"), (true, "cancelled shutdown: why")] {
            let session = try test.host.sessions.open(kind: .protocol, idle: 0, principal: "")
            let (call, sink) = try test.invoke("hold", session: session)
            plugin.settle()
            let held = try #require(call)
            try held.scope.add(Reacting(held, at: .drain, isError: isError))
            _ = session.scope.closeNow(Reason(.shutdown, by: "whoever", text: "why"))
            #expect(sink.wait() == outcome)
            #expect(sink.outcomes.count == 1)
        }
        test.shutdown()
        #expect(test.leftovers == [])
    }

    @Test func aCallThatComesTooLateHasTheReasonOfTheCloseForItsOutcome() throws {
        let (test, _, _, _) = try loaded()
        let session = try test.host.sessions.open(kind: .protocol, idle: 0, principal: "")
        _ = session.scope.closeNow(Reason(.completed, by: "whoever", text: "why"))
        #expect(try test.invoke("hold", session: session).1.wait() == "cancelled completed: why")
        let hold = try #require(test.host.catalog.tool(named: "hold"))
        test.shutdown()
        let sink = RecordingSink()
        #expect(hold.invoke(CallRequest(arguments: nil, context: .test()), sink: sink) == nil)
        #expect(sink.wait().hasPrefix("cancelled shutdown"))
        #expect(test.leftovers == [])
    }

    /// Lets something happen while a close drains, and drains no longer than that.
    private final class Draining: Resource, @unchecked Sendable {  // nothing of it changes
        private let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) {
            self.body = body
            super.init(.task)
        }

        override func drain(_ reason: Reason) -> Bool {
            body()
            return false
        }
    }

    @Test func aHandlerThatReturnsWithoutAWordBecauseItsCallEndsHasTheReasonForItsOutcome() throws {
        let test = TestHost()
        let fixture = try Fixture("SILENT")
        _ = try test.host.load(path: fixture.path)
        let session = try test.host.sessions.open(kind: .protocol, idle: 0, principal: "")
        let (call, sink) = try test.invoke("silent", session: session)
        #expect(eventually { fixture.counter(.leaking) == 1 })
        try #require(call).scope.add(
            Draining {
                fixture.release()
                _ = sink.wait()
            })
        _ = session.scope.closeNow(Reason(.shutdown, by: "whoever", text: "why"))
        #expect(sink.wait() == "cancelled shutdown: why")
        test.shutdown()
        #expect(test.leftovers == [])
    }

    @Test func aCallWithoutProgressEndsAtItsIdleLimitAndProgressMovesIt() throws {
        let (test, plugin, _, tables) = try loaded()
        let (call, sink) = try test.invoke("limited", context: .test(progress: true))
        plugin.settle()
        let handle = try #require(call).handle
        test.runtime.advance(by: 4 * second)
        #expect(tables.call.progress(handle, 1, -1, ambit_text()) == ok)
        test.runtime.advance(by: 2 * second)
        test.settle()
        #expect(sink.outcomes.isEmpty)
        test.runtime.advance(by: 3 * second)
        #expect(sink.wait() == "cancelled deadline: it made no progress for 5 s, its idle limit")
        test.shutdown()
        #expect(test.runtime.timers.count == 0)
    }

    @Test func aCallThatKeepsReportingEndsAtItsTotalLimit() throws {
        let (test, plugin, _, tables) = try loaded()
        let (call, sink) = try test.invoke("limited", context: .test(log: .debug))
        plugin.settle()
        let handle = try #require(call).handle
        for _ in 0..<6 {
            test.runtime.advance(by: 3 * second)
            test.settle()
            let status = withText("1") { tables.call.log(handle, Int32(AMBIT_LOG_INFO), ambit_text(), $0) }
            #expect(status == ok)
        }
        test.runtime.advance(by: 2 * second)
        #expect(sink.wait() == "cancelled deadline: it took longer than 20 s, its total limit")
        test.shutdown()
    }

    @Test func aHandlerThatReturnsWithoutFinishingFailsTheCallAndIsNamed() throws {
        let (test, _, _, _) = try loaded()
        for (tool, how) in [("unfinished", "blocking"), ("unfinished_inline", "inline")] {
            let (_, sink) = try test.invoke(tool)
            let text = sink.wait()
            #expect(text.hasPrefix("failure -32603"))
            #expect(text.contains("'fixture'") && text.contains("'\(tool)'") && text.contains(how))
            #expect(sink.outcomes.count == 1)
        }
        test.shutdown()
        #expect(test.leftovers == [])
    }

    @Test func invalidJSONInAResultFailsTheCallAndNamesThePlugin() throws {
        let (test, _, fixture, _) = try loaded()
        let (_, sink) = try test.invoke("bad_json")
        #expect(sink.text.contains("'fixture' gave a wrong result for the tool 'bad_json'"))
        #expect(fixture.counter(.lateStatus) == Int(AMBIT_INVALID_ARGUMENT))
        test.shutdown()
    }

    @Test func callsOfASerialGroupNeverOverlapAndCancelledOnesLeaveTheQueue() throws {
        let (test, plugin, fixture, tables) = try loaded()
        let calls = try (0..<4).map { _ in try test.invoke("serial") }
        plugin.settle()
        #expect(fixture.counter(.invoked) == 1)
        // The second leaves while it waits.
        calls[1].0?.cancel(Reason(.cancelled, by: "client"))
        #expect(calls[1].1.wait().hasPrefix("cancelled"))
        #expect(fixture.counter(.invoked) == 1)
        #expect(finish(tables, try #require(calls[0].0).handle) == ok)
        test.settle()
        plugin.settle()
        #expect(fixture.counter(.invoked) == 2)
        #expect(finish(tables, try #require(calls[3].0).handle) == ok)
        #expect(fixture.counter(.invoked) == 2)
        #expect(finish(tables, try #require(calls[2].0).handle) == ok)
        test.settle()
        plugin.settle()
        // The last one had its outcome before its turn came.
        #expect(fixture.counter(.invoked) == 2)
        let (next, _) = try test.invoke("serial")
        plugin.settle()
        #expect(fixture.counter(.invoked) == 3)
        next?.cancel(Reason(.cancelled, by: "client"))
        test.shutdown()
        #expect(test.leftovers == [])
    }

    @Test func aFullSerialGroupRefusesWithAReason() throws {
        let (test, plugin, _, _) = try loaded()
        var sinks: [RecordingSink] = []
        for _ in 0..<65 { sinks.append(try test.invoke("serial").1) }
        let (refused, sink) = try test.invoke("serial")
        #expect(refused == nil)
        #expect(sink.text.contains("64 calls wait for the serial group 'g'"))
        #expect(sinks.allSatisfy { $0.outcomes.isEmpty })
        #expect(plugin.closeNow()?.isClean == true)
        #expect(sinks.allSatisfy { $0.outcomes.count == 1 })
        test.shutdown()
        #expect(test.leftovers == [])
    }

    @Test func aFullBlockingQueueRefusesWithAReason() throws {
        let (test, plugin, fixture, _) = try loaded()
        let leaky = try (0..<4).map { _ in try test.invoke("leaky") }
        for (_, sink) in leaky { #expect(sink.wait().hasPrefix("result")) }
        #expect(eventually { fixture.counter(.leaking) == 4 })
        var waiting: [RecordingSink] = []
        for _ in 0..<64 { waiting.append(try test.invoke("echo_blocking").1) }
        let (_, sink) = try test.invoke("echo_blocking")
        #expect(sink.wait().contains("the blocking threads of the plugin 'fixture' are busy"))
        fixture.release()
        for sink in waiting { #expect(sink.wait().hasPrefix("result")) }
        #expect(plugin.closeNow()?.isClean == true)
        test.shutdown()
        #expect(test.leftovers == [])
    }

    @Test func aHandlerThatIgnoresItsEndIsAbandonedNamedAndThePluginIsNotDestroyed() throws {
        let (test, plugin, fixture, _) = try loaded()
        let (call, sink) = try test.invoke("leaky")
        #expect(sink.wait().hasPrefix("result"))
        #expect(eventually { fixture.counter(.leaking) == 1 })
        let closed = Box<Report>()
        plugin.close(Reason(.unloaded, by: "test")) { closed.set($0) }
        #expect(call?.scope.isOpen == false)
        // Past the hard deadline of a plugin.
        for _ in 0..<20 {
            test.runtime.advance(by: second)
            test.settle()
        }
        // The call's scope gave it up before the plugin's had to.
        _ = try #require(closed.wait())
        #expect(call?.scope.closeNow()?.abandoned == 1)
        #expect(fixture.counter(.destroyed) == 0)
        #expect(test.log.contains("was given up plugin=fixture#1"))
        #expect(test.log.contains("a plugin is not destroyed"))
        #expect(plugin.pinnedCount == 1)
        fixture.release()
        test.shutdown()
        #expect(fixture.counter(.destroyed) == 0)
    }

    /// S9: what was given up is named, but thousands of things take no thousands of lines.
    @Test func whatWasGivenUpTogetherIsOneLineForEachScopeAndKind() throws {
        let (test, plugin, _, _) = try loaded()
        let tasks = 15_000
        for number in 0..<tasks { _ = try plugin.scope.adopt("worker \(number % 8)", cancel: { _ in }) }
        let call = try plugin.scope.open(.call, "busy")
        for _ in 0..<2 { _ = try call.adopt("poller", cancel: { _ in }) }
        plugin.close(Reason(.unloaded, by: "test"))
        for _ in 0..<20 {
            test.runtime.advance(by: second)
            test.settle()
        }
        let told = test.log.all.filter { $0.contains("given up") }
        #expect(told.count == 2)
        let many = try #require(told.first { $0.contains("15000 things did not end when their scope closed and were given up") })
        #expect(many.contains("plugin=fixture#1") && many.contains("kind=task") && many.contains("count=15000"))
        #expect(many.split(separator: " ").filter { $0.hasPrefix("label=") }.count == 5)
        #expect(told.contains { $0.contains("count=2") && $0.contains("label=poller") })
        test.shutdown()
    }

    @Test func aBlockingHandlerThatGoesOnAfterItFinishedIsAwaitedAtOnceAndAbandonedInTime() throws {
        let (test, plugin, fixture, _) = try loaded()
        let (call, sink) = try test.invoke("leaky")
        #expect(sink.wait().hasPrefix("result"))
        #expect(eventually { fixture.counter(.leaking) == 1 })
        // Nobody closes it but its own end.
        #expect(call?.scope.isOpen == false)
        for _ in 0..<10 {
            test.runtime.advance(by: second)
            test.settle()
        }
        #expect(call?.scope.closeNow()?.abandoned == 1)
        #expect(plugin.state == .degraded)
        // It ends after all: then nothing stands in the way of destroying the plugin.
        fixture.release()
        #expect(eventually { plugin.gate.count == 0 })
        #expect(plugin.closeNow()?.isClean == true)
        #expect(fixture.counter(.destroyed) == 1)
        test.shutdown()
    }

    @Test func afterFourReplacedThreadsThePluginHasFailed() throws {
        let (test, plugin, fixture, _) = try loaded()
        for round in 1...5 {
            let (call, _) = try test.invoke("leaky")
            #expect(eventually { fixture.counter(.leaking) == round })
            call?.cancel(Reason(.cancelled, by: "client"))
            for _ in 0..<10 {
                test.runtime.advance(by: second)
                test.settle()
            }
            #expect(call?.scope.closeNow()?.abandoned == 1)
            #expect(plugin.state == (round < 5 ? .degraded : .failed))
        }
        let (refused, sink) = try test.invoke("echo_inline")
        #expect(refused == nil)
        #expect(sink.text.contains("has failed and takes no calls"))
        fixture.release()
        plugin.close(Reason(.unloaded, by: "test"))
        test.shutdown()
    }
}
