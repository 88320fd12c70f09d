import CAmbit
import MCP
import Scopes
import Testing

@testable import PluginHost

@Suite struct SessionTests {
    private let second: Int64 = 1_000_000_000

    @Test func aSessionEndsAfterItsIdleTimeWithoutAnyClient() throws {
        let test = TestHost()
        let session = try test.host.sessions.open(kind: .protocol, idle: 60 * second, principal: "p")
        #expect(test.host.sessions.find(id: session.id, principal: "p") === session)
        #expect(test.host.sessions.find(id: session.id, principal: "other") == nil)
        test.runtime.advance(by: 50 * second)
        session.touch()
        test.runtime.advance(by: 50 * second)
        test.settle()
        #expect(session.scope.isOpen)
        session.attach()
        test.runtime.advance(by: 500 * second)
        test.settle()
        #expect(session.scope.isOpen)
        session.detach()
        test.runtime.advance(by: 120 * second)
        test.settle()
        let report = try #require(session.scope.closeNow())
        #expect(report.reason.kind == .idle)
        #expect(test.host.sessions.find(id: session.id, principal: "p") == nil)
        #expect(test.host.sessions.count == 0)
        // Freed memory goes back to the system a moment after a session has ended.
        test.runtime.advance(by: second)
        test.settle()
        #expect(test.runtime.timers.count == 0)
        test.shutdown()
        #expect(test.leftovers == [])
    }

    @Test func sessionsAreBoundedAndEveryEndGivesThePlaceBack() throws {
        let test = TestHost()
        let sessions = Sessions(scope: test.scope, limits: .init(all: 2))
        let first = try sessions.open(kind: .protocol, idle: 0, principal: "")
        let second = try sessions.open(kind: .handle, idle: 0, principal: "")
        #expect(first.key != second.key && first.id != second.id)
        #expect(second.id.hasPrefix("h_") && second.id.utf8.count == 34)
        #expect(throws: SessionRefused.self) { _ = try sessions.open(kind: .protocol, idle: 0, principal: "") }
        #expect(first.scope.closeNow() != nil)
        let third = try sessions.open(kind: .protocol, idle: 0, principal: "")
        #expect(third.key > second.key)
        #expect(!third.scope.path.contains(third.id))
        test.shutdown()
        #expect(sessions.count == 0)
        #expect(throws: SessionRefused.self) { _ = try sessions.open(kind: .protocol, idle: 0, principal: "") }
        #expect(sessions.count == 0)
        #expect(test.leftovers == [])
    }

    /// S14: one principal, or the handles of one plugin, never take all places; who has no name shares them.
    @Test func onePrincipalOrPluginDoesNotTakeAllPlaces() throws {
        let test = TestHost()
        let sessions = Sessions(scope: test.scope, limits: .init(all: 9, perPrincipal: 2, handlesPerPlugin: 3))
        let plugin = try test.host.load(path: try Fixture().path)
        func open(_ principal: String, for minter: PluginInstance? = nil) -> Result<HostSession, SessionRefused> {
            Result { () throws(SessionRefused) in
                try sessions.open(kind: minter == nil ? .protocol : .handle, idle: 0, principal: principal, for: minter)
            }
        }
        func refusal(_ result: Result<HostSession, SessionRefused>) -> String? {
            guard case .failure(let error) = result else { return nil }
            return error.text
        }
        let first = try open("one").get()
        _ = try open("one", for: plugin).get()
        #expect(refusal(open("one"))?.hasPrefix("principal one has 2 sessions already") == true)
        _ = try open("other", for: plugin).get()
        let last = try open("", for: plugin).get()
        #expect(refusal(open("third", for: plugin))?.hasPrefix("plugin fixture has 3 handles already") == true)
        // What was refused has taken no place, what has ended gives its own back.
        #expect(first.scope.closeNow() != nil)
        #expect(last.scope.closeNow() != nil)
        _ = try open("one").get()
        _ = try open("third", for: plugin).get()
        for _ in 0..<5 { _ = try open("").get() }
        #expect(refusal(open(""))?.hasPrefix("this server has 9 sessions already") == true)
        test.shutdown()
        #expect(sessions.count == 0)
        #expect(test.leftovers == [])
    }

    private func info() -> ambit_session_info {
        var info = ambit_session_info()
        info.struct_size = UInt32(MemoryLayout<ambit_session_info>.size)
        return info
    }

    private func handle(_ info: ambit_session_info) -> String {
        withUnsafeBytes(of: info.handle) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    @Test func aPluginMintsFindsAndReleasesAHandle() throws {
        let test = TestHost()
        let plugin = try test.host.load(path: try Fixture().path)
        let tables = try Tables(plugin)
        let (first, _) = try test.invoke("hold", principal: "p")
        let (second, _) = try test.invoke("hold", principal: "p")
        let (stranger, _) = try test.invoke("hold", principal: "q")
        let call = try #require(first).handle
        var minted = info()
        var error = makeError()
        #expect(tables.session.find(call, ambit_text(), &minted, &error) == AMBIT_NOT_FOUND)
        #expect(error.message.contains("no protocol session"))
        #expect(tables.session.find_or_mint(call, ambit_text(), -1, &minted, &error) == AMBIT_INVALID_ARGUMENT)
        #expect(tables.session.find_or_mint(call, ambit_text(), 0, nil, &error) == AMBIT_INVALID_ARGUMENT)
        #expect(test.host.sessions.count == 0)
        #expect(tables.session.find_or_mint(call, ambit_text(), 0, &minted, nil) == ok)
        #expect(minted.kind == AMBIT_SESSION_HANDLE && minted.idle_ns == Sessions.handleIdle && minted.key != 0)
        let name = handle(minted)
        #expect(name.hasPrefix("h_"))
        var state: Int32 = -1
        #expect(tables.scope.state(minted.scope, &state) == ok && state == AMBIT_SCOPE_OPEN)
        let session = try #require(test.host.sessions.find(id: name, principal: "p"))
        // The calls that use it are its activity.
        #expect(session.attached == 1)
        var found = info()
        #expect(withText(name) { tables.session.find(second!.handle, $0, &found, nil) } == ok)
        #expect(found.key == minted.key && found.scope == minted.scope)
        #expect(session.attached == 2)
        #expect(withText(name) { tables.session.find(stranger!.handle, $0, &found, &error) } == AMBIT_NOT_FOUND)
        #expect(error.message.contains("expired or was ended"))
        var answer = ambit_result()
        answer.struct_size = UInt32(MemoryLayout<ambit_result>.size)
        #expect(tables.call.finish(call, &answer, nil) == ok)
        #expect(session.attached == 1)
        // The session outlives the call that minted it.
        #expect(session.scope.isOpen)
        #expect(withText("h_no") { tables.session.release(second!.handle, $0, nil) } == AMBIT_NOT_FOUND)
        #expect(tables.session.release(try #require(second).handle, ambit_text(), nil) == AMBIT_INVALID_ARGUMENT)
        #expect(withText(name) { tables.session.release(second!.handle, $0, nil) } == ok)
        #expect(!session.scope.isOpen)
        #expect(tables.scope.state(minted.scope, &state) == ok && state == AMBIT_SCOPE_CLOSED)
        #expect(test.host.sessions.count == 0)
        test.shutdown()
        #expect(test.leftovers == [])
    }

    @Test func aHandleThatNobodyLearnedEndsWithTheCallThatMintedIt() throws {
        let test = TestHost()
        let plugin = try test.host.load(path: try Fixture().path)
        let tables = try Tables(plugin)
        let (call, _) = try test.invoke("hold")
        var minted = info()
        #expect(tables.session.find_or_mint(try #require(call).handle, ambit_text(), 0, &minted, nil) == ok)
        #expect(test.host.sessions.count == 1)
        call?.cancel(Reason(.disconnected, by: "client"))
        #expect(test.host.sessions.count == 0)
        test.shutdown()
        #expect(test.leftovers == [])
    }

    @Test func `what a call begins whose client does not come back ends with it, and has no handle`() throws {
        let test = TestHost()
        let plugin = try test.host.load(path: try Fixture().path)
        let tables = try Tables(plugin)
        let kept = try test.host.sessions.open(kind: .handle, idle: 7, principal: "p")
        let (call, _) = try test.invoke("hold", principal: "p", endsSessions: true)
        let held = try #require(call).handle
        var minted = info()
        var error = makeError()
        #expect(tables.session.find(held, ambit_text(), &minted, &error) == AMBIT_NOT_FOUND)
        #expect(test.host.sessions.count == 1)
        #expect(tables.session.find_or_mint(held, ambit_text(), 0, &minted, nil) == ok)
        #expect(minted.kind == AMBIT_SESSION_PROTOCOL && handle(minted) == "")
        var named = info()
        #expect(withText(kept.id) { tables.session.find(held, $0, &named, nil) } == ok)
        #expect(test.host.sessions.count == 2 && test.host.sessions.handles(of: "p").count == 1)
        var answer = ambit_result()
        answer.struct_size = UInt32(MemoryLayout<ambit_result>.size)
        #expect(tables.call.finish(held, &answer, nil) == ok)
        // What it was given a handle of is not its own.
        #expect(test.host.sessions.count == 1 && kept.scope.isOpen)
        test.shutdown()
        #expect(test.leftovers == [])
    }

    @Test func aCallWithAProtocolSessionUsesThatUnlessAHandleIsGiven() throws {
        let test = TestHost()
        let plugin = try test.host.load(path: try Fixture().path)
        let tables = try Tables(plugin)
        let session = try test.host.sessions.open(kind: .protocol, idle: 0, principal: "")
        let minted = try test.host.sessions.open(kind: .handle, idle: 7, principal: "")
        let (call, _) = try test.invoke("hold", session: session, context: .test(modern: false))
        let handle = try #require(call).handle
        var found = info()
        #expect(tables.session.find_or_mint(handle, ambit_text(), 0, &found, nil) == ok)
        #expect(found.kind == AMBIT_SESSION_PROTOCOL && found.key == session.key && self.handle(found) == "")
        #expect(withText(minted.id) { tables.session.find(handle, $0, &found, nil) } == ok)
        #expect(found.kind == AMBIT_SESSION_HANDLE && found.key == minted.key && found.idle_ns == 7)
        // The id of a protocol session is no handle.
        #expect(withText(session.id) { tables.session.find(handle, $0, &found, nil) } == AMBIT_NOT_FOUND)
        test.shutdown()
        #expect(test.leftovers == [])
    }

    @Test func theLimitOfSessionsIsAQuotaThatIsNamed() throws {
        let runtime = Runtime.manual()
        let scope = Scope.root(runtime)
        var loading = LoadingOptions()
        loading.cache = Fixture.folder()
        let host = PluginHost(
            scope: scope, bus: Bus(runtime), sessions: Sessions(scope: scope, limits: .init(all: 0)), launcherPath: "", loading: loading,
            log: RecordingLog())
        let plugin = try host.load(path: try Fixture().path)
        let tables = try Tables(plugin)
        let sink = RecordingSink()
        let call = try #require(host.catalog.tool(named: "hold")).invoke(
            CallRequest(arguments: nil, context: .test()), sink: sink)
        var minted = info()
        var error = makeError()
        #expect(tables.session.find_or_mint(try #require(call).handle, ambit_text(), 0, &minted, &error) == AMBIT_OVER_QUOTA)
        #expect(withUnsafeBytes(of: error.quota) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) } == "sessions")
        _ = scope.closeNow()
        runtime.stop()
    }
}
