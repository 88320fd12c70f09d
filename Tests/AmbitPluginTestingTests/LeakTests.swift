import AmbitPlugin
import AmbitPluginTesting
import Glibc
import Testing

/// `expectNoLeaks` passes where nothing is left, and names what is.
@Suite(.serialized) struct LeakTests {
    private func report(_ body: () async throws -> Void) async throws -> LeakReport? {
        do {
            try await body()
            return nil
        } catch let report as LeakReport {
            return report
        }
    }

    @Test func aGoodPluginLeavesNothing() async throws {
        try await expectNoLeaks {
            let host = try TestHost(Clock.self)
            try await host.expectNoLeaks {
                _ = try await host.call("clock_tick", ["times": 2])
                let call = try host.start("clock_tick", ["times": 100])
                try await host.advance(by: .seconds(3))
                call.cancel()
            }
            // Cut off in the middle; the host is closed by `expectNoLeaks`.
            _ = try host.start("clock_tick")
        }
    }

    @Test func aTaskThatIgnoresItsCancellationIsNamed() async throws {
        let report = try #require(
            await report {
                let host = try TestHost(Leaky.self)
                defer { Leaky.gate.open() }
                do {
                    try await host.expectNoLeaks { _ = try await host.call("leak_task") }
                } catch {
                    _ = try? await host.close()
                    throw error
                }
            })
        #expect(
            report.findings.contains { $0.contains("task \"stubborn\"") && $0.contains("leak_task") && $0.contains("ignored") }, "\(report)"
        )
    }

    @Test func aHandleThatNobodyEndsIsNamed() async throws {
        try await withTestHost(Leaky.self) { host in
            let report = try #require(
                await report { try await host.expectNoLeaks { _ = try await host.call("leak_session") } })
            #expect(report.findings.contains { $0.hasPrefix("scope ") && $0.contains("session h_") }, "\(report)")
            #expect(report.tree.contains("session h_"))
        }
    }

    @Test func aResourceInTheWrongScopeIsNamed() async throws {
        try await withTestHost(Leaky.self) { host in
            let report = try #require(
                await report { try await host.expectNoLeaks { _ = try await host.call("leak_timer") } })
            #expect(report.findings.contains { $0.contains("timer \"poll\" in server/plugin leaky#1") }, "\(report)")
        }
    }

    @Test func aDescriptorThatNobodyClosesIsNamed() async throws {
        var number: Int32 = -1
        let report = try #require(
            await report {
                try await expectNoLeaks {
                    let host = try TestHost(Leaky.self)
                    number = Int32(try await host.call("leak_descriptor").text) ?? -1
                }
            })
        #expect(report.findings == ["descriptor \(number) -> /dev/null"], "\(report)")
        close(number)
    }

    @Test func aPluginThatSurvivesItsDestructionIsNamed() async throws {
        let report = try #require(await report { try await expectNoLeaks { _ = try await TestHost(Leaky.self).call("leak_self") } })
        #expect(report.findings.count == 1 && report.findings[0].contains("the plugin object is alive"), "\(report)")
    }

    @Test func aFailedReleaseIsNamed() async throws {
        let report = try #require(await report { try await withTestHost(Leaky.self) { _ = try await $0.call("leak_release") } })
        #expect(report.findings == ["1 × finalizer: the release failed"], "\(report)")
    }

    @Test func whatTheBodyThrowsIsPassedOnAndItsHostsAreClosed() async throws {
        await #expect(throws: ToolError("mine")) {
            try await expectNoLeaks {
                _ = try TestHost(Clock.self).start("clock_tick")
                throw ToolError("mine")
            }
        }
    }
}
