import AmbitPlugin
import AmbitPluginTesting
import Synchronization
import Testing

/// What was started in one scope and given to one further up, on the real host (S11).
extension OwnedOnHostTests {
    @Test(
        arguments: [
            ("task", "task"), ("timer", "timer"), ("channel", "channel"), ("subscription", "subscription"), ("reply", "reply"),
            ("descriptor", "descriptor"), ("directory", "temporary directory"), ("arena", "arena"), ("finalizer", "finalizer"),
            ("device", "probe.device"),
        ])
    func whatIsPromotedEndsWithTheUpperScope(what: String, kind: String) async throws {
        try await promote(what, kind, time: .manual)
    }

    @Test func aPromotedListenerEndsWithTheUpperScope() async throws {
        try await promote("listener", "listener", time: .machine)
    }

    @Test(.enabled(if: Beside.has("ambit-launcher")))
    func aPromotedProcessEndsWithTheUpperScope() async throws {
        try await promote("process", "process", time: .machine)
    }

    /// It works after both scopes that had it have closed, and goes with the session: once.
    private func promote(_ what: String, _ kind: String, time: TestHost.Time) async throws {
        Device.events.withLock { $0 = [] }
        try await withTestHost(Probe.self, time: time) { host in
            let before = host.count(of: kind)
            try await host.expectNoLeaks {
                let session = try host.openSession()
                let result = try await host.call("probe_promote", ["what": .string(what)], session: session)
                #expect(result.text == "true", "\(host.tree)")
                // A reply is gone once it is answered.
                #expect(what == "reply" || host.count(of: kind) > before, "\(host.tree)")
                await session.end()
                await host.settle()
                #expect(host.log.filter { $0.contains("lives longer") && $0.contains("kind=\(kind)") }.count == 2, "\(host.log)")
            }
            #expect(host.count(of: kind) == before)
        }
        switch what {
        case "device": #expect(Device.events.withLock { $0 } == ["open kept", "close kept completed"])
        case "finalizer": #expect(Device.events.withLock { $0 } == ["close kept"])
        default: break
        }
    }

    @Test(
        arguments: [
            ("child", "invalid argument: ", "is not above the scope that owns it"),
            ("beside", "invalid argument: ", "is not above the scope that owns it"),
            ("ended", "stale handle: ", "is gone"), ("closed", "stale handle: ", "is gone"),
        ])
    func whatCanNotBePromotedStaysAndSaysWhy(how: String, status: String, reason: String) async throws {
        try await withTestHost(Probe.self) { host in
            let result = try await host.expectNoLeaks { try await host.call("probe_promote_wrong", ["how": .string(how)]) }
            #expect(!result.isError && result.text.hasPrefix(status) && result.text.contains(reason), "\(result.text)")
        }
    }
}
