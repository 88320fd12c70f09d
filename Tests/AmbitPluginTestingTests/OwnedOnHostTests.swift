import AmbitPlugin
import AmbitPluginTesting
import Glibc
import Synchronization
import Testing

/// What scopes own for a plugin, on the real host: replies, folders, memory, own kinds, leases.
@Suite(.serialized) struct OwnedOnHostTests {
    @Test(
        arguments: [
            ("answer", "yes true false", false), ("late", "[1, 2]", false), ("never", "no answer came in time", true),
            ("close", "the reply slot was closed", true), ("cancel", "still open", false),
        ])
    func aReplyEndsOnce(how: String, text: String, isError: Bool) async throws {
        try await withTestHost(Probe.self) { host in
            try await host.expectNoLeaks {
                let result = try await host.call("probe_reply", ["how": .string(how)])
                #expect(result.text.hasPrefix(text) && result.isError == isError, "\(result.text)")
            }
        }
    }

    @Test func aFolderGoesWithItsScope() async throws {
        try await withTestHost(Probe.self) { host in
            let path = try await host.expectNoLeaks { try await host.call("probe_directory").text }
            #expect(path.contains("scratch"))
            #expect(access(path, F_OK) != 0)
        }
    }

    @Test func anArenaHasALimitAndGoesWithItsScope() async throws {
        try await withTestHost(Probe.self) { host in
            let text = try await host.expectNoLeaks { try await host.call("probe_arena").text }
            #expect(text == "true 4950 true over quota")
        }
    }

    @Test(
        arguments: [
            ("keep", "one true", ["open one", "close one completed"]), ("end", "one true", ["open one", "close one completed"]),
            ("fail", "no such device", []), ("closed", "closed", ["open late", "close late completed"]),
        ])
    func aResourceOfAnOwnKindIsReleasedOnce(how: String, text: String, events: [String]) async throws {
        Device.events.withLock { $0 = [] }
        try await withTestHost(Probe.self) { host in
            let result = try await host.expectNoLeaks { try await host.call("probe_kind", ["how": .string(how)]) }
            #expect(result.text == text)
            #expect(host.count(of: "probe.device") == 0)
        }
        #expect(Device.events.withLock { $0 } == events)
    }

    @Test func aDescriptorIsClosedWithItsScope() async throws {
        try await withTestHost(Probe.self) { host in
            let result = try await host.expectNoLeaks { try await host.call("probe_descriptor") }
            #expect(result.text == "true true true")
        }
    }

    @Test(arguments: [false, true])
    func aListenerTakesConnectionsIntoScopes(local: Bool) async throws {
        try await withTestHost(Probe.self, time: .machine) { host in
            let result = try await host.expectNoLeaks { try await host.call("probe_listen", ["local": JSON(local)]) }
            #expect(result.text == "hello true 0")
        }
    }

    @Test func aLeaseIsBuiltOnceAndEndsWithItsLastHolder() async throws {
        Device.events.withLock { $0 = [] }
        try await withTestHost(Probe.self) { host in
            let (first, second) = (try host.openSession(), try host.openSession())
            let calls = [
                try host.start("probe_share", ["key": "a"], session: first),
                try host.start("probe_share", ["key": "a"], session: second),
            ]
            for call in calls {
                let result = try await call.result()
                #expect(result.text == "a")
            }
            #expect(Device.events.withLock { $0 } == ["open a"])
            await first.end()
            #expect(Device.events.withLock { $0 } == ["open a"])
            await second.end()
            await host.settle()
            #expect(Device.events.withLock { $0 } == ["open a", "close a"])
            let broken = try await host.call("probe_share", ["key": "broken"])
            #expect(broken.isError && broken.text.contains("can't be built"))
            let wrong = try await host.call("probe_share", ["key": "wrong"])
            #expect(wrong.isError && wrong.text.contains("holds a Device, not a Int"), "\(wrong.text)")
        }
    }
}
