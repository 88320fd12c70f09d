import CAmbit
import Glibc
import Scopes
import Testing

@testable import PluginHost

extension PluginHost {
    func enableNow(_ name: String) -> Result<PluginChange, PluginError>? {
        let box = Box<Result<PluginChange, PluginError>>()
        enable(name) { box.set($0) }
        return box.wait()
    }

    func disableNow(_ name: String, _ reason: String = "test") -> Result<PluginChange, PluginError>? {
        let box = Box<Result<PluginChange, PluginError>>()
        disable(name, reason: reason) { box.set($0) }
        return box.wait()
    }

    func restartNow(_ name: String) -> Result<PluginChange, PluginError>? {
        let box = Box<Result<PluginChange, PluginError>>()
        restart(name, reason: "test") { box.set($0) }
        return box.wait()
    }
}

/// Enabling, disabling and restarting while the server runs.
@Suite struct ChangeTests {
    private func threads() -> Int { OpenFile(reading: "/proc/self/task")?.names()?.count ?? 0 }
    private func descriptors() -> Int { OpenFile(reading: "/proc/self/fd")?.names()?.count ?? 0 }

    @Test func disablingWithdrawsTheToolsAndDestroysTheInstance() throws {
        let test = TestHost()
        let fixture = try Fixture()
        let instance = try test.host.load(path: fixture.path)
        let (call, sink) = try test.invoke("hold")
        #expect(call != nil)
        let change = try #require(test.host.disableNow("fixture", "maintenance")).get()
        #expect(sink.text.hasPrefix("cancelled"))
        #expect(change.report?.isClean == true && change.text.contains("its library stays"))
        #expect(change.status.state == .disabled && change.status.reason == "maintenance" && change.status.tools.isEmpty)
        #expect(test.host.catalog.tools().isEmpty && test.host.instances.isEmpty && instance.state == .closed)
        #expect(fixture.counter(.quiesced) == 1 && fixture.counter(.destroyed) == 1)
        // Twice is once.
        #expect(try #require(test.host.disableNow("fixture")).get().report == nil)
        #expect(fixture.counter(.destroyed) == 1)
        test.shutdown()
        #expect(test.leftovers == [])
    }

    @Test func enablingMakesANewGenerationOfTheSameLibrary() throws {
        let test = TestHost()
        let fixture = try Fixture()
        _ = try test.host.load(path: fixture.path)
        _ = test.host.disableNow("fixture")
        // The library is in this process for good; a changed file, or none, makes no difference.
        unlink(fixture.path)
        let change = try #require(test.host.enableNow("fixture")).get()
        #expect(change.status.state == .ready && change.status.generation == 2 && change.status.tools.count == 11)
        #expect(change.text.contains("a changed file needs a new server process"))
        #expect(fixture.counter(.constructed) == 1 && fixture.counter(.created) == 2 && fixture.counter(.destroyed) == 1)
        let (_, sink) = try test.invoke("echo_inline", #"{"a":1}"#)
        #expect(sink.wait() == #"result {"a":1}"#)
        #expect(try #require(test.host.enableNow("fixture")).get().text == "it is enabled already")
        #expect(fixture.counter(.created) == 2)
        test.shutdown()
        #expect(test.leftovers == [])
    }

    @Test func onePluginIsChangedByOneAtATimeInTheOrderOfAsking() throws {
        let test = TestHost()
        let fixture = try Fixture()
        _ = try test.host.load(path: fixture.path)
        let order = Lock<[Int]>([])
        let ended = Latch()
        for number in 0..<9 {
            let done: @Sendable (Result<PluginChange, PluginError>) -> Void = { result in
                order.withLock { $0.append((try? result.get()) == nil ? -number : number) }
                if number == 8 { ended.open() }
            }
            switch number % 3 {
            case 0: test.host.disable("fixture", reason: "\(number)", done: done)
            case 1: test.host.enable("fixture", done: done)
            default: test.host.restart("fixture", reason: "\(number)", done: done)
            }
        }
        #expect(ended.wait(nanoseconds: 20_000_000_000))
        #expect(order.withLock { $0 } == Array(0...8))
        #expect(fixture.counter(.created) == 7 && fixture.counter(.destroyed) == 6)
        #expect(test.host.instances.count == 1 && test.host.catalog.tools().count == 11)
        test.shutdown()
        #expect(test.leftovers == [])
    }

    @Test func moreThanAFewChangesThatWaitAreRefused() throws {
        let test = TestHost { $0.startLimit = 10_000_000_000 }
        let fixture = try Fixture("CREATE_HANGS")
        let first = Box<Bool>()
        let executor = ThreadExecutor(name: "loading", threads: 1)
        executor.post { first.set((try? test.host.load(path: fixture.path)) != nil) }
        while fixture.counter(.created) < 1 { sched_yield() }
        let refused = Box<String>()
        for _ in 0...KnownPlugin.mostOperations {
            test.host.disable(fixture.path, reason: "") { if case .failure(let error) = $0 { refused.set(error.description) } }
        }
        #expect(refused.wait()?.contains("changes of it wait already") == true)
        fixture.release()
        #expect(first.wait() == true)
        executor.stop()
        test.shutdown()
    }

    @Test func aPluginThatFailsToActivateStaysFailedWithItsErrorAndCanBeTriedAgain() throws {
        let test = TestHost()
        let fixture = try Fixture("ACTIVATE_FAILS")
        #expect(throws: PluginError.self) { try test.host.load(path: fixture.path) }
        let status = try #require(test.host.plugins.first)
        #expect(status.state == .failed && status.error?.what.contains("the port is taken") == true && status.name == "fixture")
        guard case .failure(let error) = test.host.enableNow("fixture") else {
            Issue.record("it was enabled")
            return
        }
        #expect(error.what.contains("the port is taken"))
        #expect(test.host.catalog.tools().isEmpty && fixture.counter(.created) == 2)
        // Its name is free for another.
        #expect(try test.host.load(path: try Fixture().path).state == .ready)
        test.shutdown()
        #expect(fixture.counter(.destroyed) == 2)
        #expect(test.leftovers == [])
    }

    @Test func aFileThatWasMendedIsLoadedByEnabling() throws {
        let test = TestHost()
        let good = try Fixture()
        let path = Fixture.folder() + "/p.so"
        #expect(throws: PluginError.self) { try test.host.load(path: path) }
        #expect(test.host.plugins.first?.state == .failed)
        try Fixture.shell("cp '\(good.path)' '\(path)'")
        #expect(try #require(test.host.enableNow(path)).get().status.state == .ready)
        test.shutdown()
    }

    @Test func aPluginThatIsConfiguredAndDisabledIsKnownByTheNameThatItMustHave() throws {
        let test = TestHost()
        let fixture = try Fixture()
        test.host.keepDisabled(PluginSpec(path: fixture.path, name: "fixture"), reason: "by configuration")
        #expect(test.host.plugins.map(\.name) == ["fixture"] && test.host.plugins[0].reason == "by configuration")
        #expect(fixture.counter(.constructed) == -1)
        #expect(try #require(test.host.enableNow("fixture")).get().status.state == .ready)
        let other = try Fixture(#"NAME="other""#, #"TOOL_PREFIX="o_""#)
        do throws(PluginError) {
            try test.host.load(PluginSpec(path: other.path, name: "mine"))
            Issue.record("it was loaded")
        } catch {
            #expect(error.what == "its name is 'other', the configuration calls it 'mine'")
        }
        test.shutdown()
    }

    @Test func aHandleEndsWithTheGenerationThatItWasMintedForAndTheErrorSaysSo() throws {
        let test = TestHost()
        let first = try test.host.load(path: try Fixture().path)
        var (call, _) = try test.invoke("hold", principal: "p")
        var found = ambit_session_info()
        found.struct_size = UInt32(MemoryLayout<ambit_session_info>.size)
        var tables = try Tables(first)
        #expect(tables.session.find_or_mint(try #require(call).handle, ambit_text(), 0, &found, nil) == ok)
        let handle = withUnsafeBytes(of: found.handle) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        let protocolSession = try test.host.sessions.open(kind: .protocol, idle: 0, principal: "p")
        // The call that began it has an answer, so that the handle outlives it.
        var empty = ambit_result()
        empty.struct_size = UInt32(MemoryLayout<ambit_result>.size)
        #expect(tables.call.finish(try #require(call).handle, &empty, nil) == ok)
        #expect(test.host.sessions.count == 2)
        let second = try #require(test.host.restartNow("fixture")).get()
        #expect(second.status.generation == 2)
        test.settle()
        #expect(test.host.sessions.count == 1 && protocolSession.scope.isOpen)
        tables = try Tables(try #require(test.host.instances.first))
        var error = makeError()
        (call, _) = try test.invoke("hold", principal: "p")
        #expect(withText(handle) { tables.session.find(call?.handle ?? 0, $0, &found, &error) } == AMBIT_NOT_FOUND)
        #expect(error.message.contains("the plugin 'fixture' was restarted after this handle was begun"))
        (call, _) = try test.invoke("hold", principal: "q")
        #expect(withText(handle) { tables.session.find(call?.handle ?? 0, $0, &found, &error) } == AMBIT_NOT_FOUND)
        #expect(error.message.contains("there is no session with this handle"))
        test.shutdown()
        #expect(test.leftovers == [])
    }

    @Test func anInlineToolThatHoldsItsLoopIsNamedWhileItDoes() throws {
        let test = TestHost()
        let fixture = try Fixture("STALLS")
        _ = try test.host.load(path: fixture.path)
        let loop = ThreadExecutor(name: "loop", threads: 1)
        let sink = RecordingSink()
        let tool = try #require(test.host.catalog.tool(named: "stalls"))
        loop.post { _ = tool.invoke(CallRequest(arguments: nil, context: .test()), sink: sink) }
        while fixture.counter(.leaking) < 1 { sched_yield() }
        test.runtime.advance(by: LoopWatch.limit)
        test.settle()
        #expect(test.log.contains("warning - an inline tool holds its event loop"))
        #expect(test.log.contains("plugin=fixture tool=stalls held_ms=250") && test.counter("loops.stalled") == 1)
        fixture.release()
        #expect(sink.wait().hasPrefix("result"))
        loop.stop()
        #expect(test.log.contains("notice - an inline tool has returned to its event loop plugin=fixture tool=stalls"))
        test.shutdown()
        #expect(test.leftovers == [])
    }

    /// Whoever calls a tool meanwhile is told where it is.
    @Test func whatAPluginOfferedIsKnownWhileItIsAwayAndNotOnceItIsDisabled() throws {
        let test = TestHost { $0.startLimit = 10_000_000_000 }
        let fixture = try Fixture("SECOND_FAILS")
        _ = try test.host.load(path: fixture.path)
        #expect(test.host.absence(of: .tool, "hold") == nil)
        let failed = Box<Bool>()
        test.host.restart("fixture", reason: "test") { result in failed.set((try? result.get()) == nil) }
        while fixture.counter(.created) < 2 { sched_yield() }
        #expect(test.host.absence(of: .tool, "hold") == PluginAbsence(plugin: "fixture", failure: nil))
        #expect(test.host.absence(of: .tool, "no_such_tool") == nil && test.host.absence(of: .prompt, "hold") == nil)
        fixture.release()
        #expect(failed.wait() == true)
        let absence = try #require(test.host.absence(of: .tool, "hold"))
        #expect(absence.plugin == "fixture" && absence.failure?.contains("the port is taken") == true)
        #expect(try #require(test.host.enableNow("fixture")).get().status.state == .ready)
        #expect(test.host.absence(of: .tool, "hold") == nil)
        _ = test.host.disableNow("fixture")
        #expect(test.host.absence(of: .tool, "hold") == nil)
        test.shutdown()
        #expect(test.leftovers == [])
    }

    @Test func aNameThatNobodyHasIsAnErrorThatListsThem() throws {
        let test = TestHost()
        _ = try test.host.load(path: try Fixture().path)
        guard case .failure(let error) = test.host.restartNow("clok") else {
            Issue.record("it was found")
            return
        }
        #expect("\(error)" == "clok: there is no such plugin; there are: fixture")
        test.shutdown()
    }

    @Test func aCreateThatHangsFailsInTimeAndItsInstanceIsDestroyedWhenItReturns() throws {
        let test = TestHost { $0.startLimit = 100_000_000 }
        let fixture = try Fixture("CREATE_HANGS")
        do throws(PluginError) {
            _ = try test.host.load(path: fixture.path)
            Issue.record("it was loaded")
        } catch {
            #expect(error.description.contains("create of 'fixture' did not return within 100 ms"))
        }
        let instance = try #require(test.host.instances.first)
        let gone = Box<Bool>()
        instance.whenGone { gone.set(true) }
        fixture.release()
        #expect(gone.wait() == true)
        #expect(fixture.counter(.destroyed) == 1 && test.host.instances.isEmpty)
        test.shutdown()
        #expect(test.leftovers == [])
    }

    @Test func aGenerationThatDoesNotEndIsNotReplaced() throws {
        let test = TestHost { $0.startLimit = 100_000_000 }
        let fixture = try Fixture("CREATE_HANGS")
        #expect(throws: PluginError.self) { try test.host.load(path: fixture.path) }
        let box = Box<Result<PluginChange, PluginError>>()
        test.host.enable("fixture") { box.set($0) }
        while box.current == nil {
            test.runtime.advance(by: 1_000_000_000)
            sched_yield()
        }
        guard case .failure(let error) = box.wait() else {
            Issue.record("it was started")
            return
        }
        #expect(error.what.contains("does not end: code of it does not return"))
        #expect(fixture.counter(.created) == 1)
        fixture.release()
        test.shutdown()
    }

    /// Leak row reload-closes-replaced-generation; and restarting adds no watcher anywhere (reconnect-does-not-chain-handlers).
    @Test func fiftyRestartsLeaveNothingOfTheOldGenerations() throws {
        let test = TestHost(runtime: Runtime())
        let fixture = try Fixture()
        _ = try test.host.load(path: fixture.path)
        let first = Weak()
        first.instance = test.host.instances.first
        let announced = Lock(0)
        test.host.catalog.onChange { _ in announced.withLock { $0 += 1 } }
        func use() throws {
            let (_, blocking) = try test.invoke("echo_blocking", "{}")
            #expect(blocking.wait() == "result {}")
            let (call, _) = try test.invoke("hold", "{}")
            #expect(call != nil)
        }
        for _ in 0..<3 {
            try use()
            _ = try #require(test.host.restartNow("fixture")).get()
        }
        let before = (threads(), descriptors(), test.runtime.ledger.totals().map(\.live))
        for _ in 0..<50 {
            try use()
            #expect(try #require(test.host.restartNow("fixture")).get().report?.isClean == true)
            #expect(test.host.instances.count == 1 && test.host.catalog.tools().count == 11)
        }
        test.settle()
        let after = (threads(), descriptors(), test.runtime.ledger.totals().map(\.live))
        #expect(after.2 == before.2)
        // Other tests run beside this one; fifty of anything would show.
        #expect(after.0 < before.0 + 40 && after.1 < before.1 + 40)
        #expect(fixture.counter(.created) == 54 && fixture.counter(.destroyed) == 53)
        #expect(first.instance == nil)
        // Each tool's leaving may be told by itself, their coming is told once; the fiftieth time like the first.
        announced.withLock { $0 = 0 }
        _ = try #require(test.host.restartNow("fixture")).get()
        test.settle()
        #expect((1...12).contains(announced.withLock { $0 }))
        test.shutdown()
        #expect(test.leftovers == [])
    }

    /// Leak row register-under-load.
    @Test func pluginsComeAndGoWhileToolsAreListed() throws {
        let test = TestHost(runtime: Runtime())
        let fixture = try Fixture()
        _ = try test.host.load(path: try Fixture(#"NAME="other""#, #"TOOL_PREFIX="o_""#).path)
        _ = try test.host.load(path: fixture.path)
        let stop = Lock(false)
        let wrong = Lock<[Int]>([])
        let listers = (0..<2).map { _ in ThreadExecutor(name: "lister", threads: 1) }
        for lister in listers {
            lister.post {
                while !stop.withLock({ $0 }) {
                    let tools = test.host.catalog.tools()
                    // A plugin comes whole; it leaves tool by tool, in its quiesce phase.
                    if tools.count < 11 || tools.count > 22 { wrong.withLock { $0.append(tools.count) } }
                    _ = test.host.catalog.tool(named: "hold")?.invoke(
                        CallRequest(arguments: nil, context: .test()), sink: RecordingSink())
                }
            }
        }
        for _ in 0..<200 {
            let scope = try #require(test.host.instances.first { $0.name == "fixture" }).scope
            _ = try #require(test.host.disableNow("fixture")).get()
            #expect(test.host.catalog.tools().count == 11)
            #expect(scope.counts == (0, 0) && !scope.isOpen)
            _ = try #require(test.host.enableNow("fixture")).get()
            #expect(test.host.catalog.tools().count == 22)
        }
        stop.withLock { $0 = true }
        for lister in listers { #expect(lister.stop(within: 10_000_000_000)) }
        #expect(wrong.withLock { $0 } == [])
        #expect(fixture.counter(.created) == 201)
        test.shutdown()
        #expect(test.leftovers == [])
    }
}

private final class Weak {
    weak var instance: PluginInstance?
}
