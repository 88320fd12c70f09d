import AmbitPlugin
import AmbitPluginTesting
import Testing

/// Processes in a terminal, on the real host. The launcher is built with the tests, but not under sanitizers.
@Suite(.enabled(if: Beside.has("ambit-launcher"))) struct TerminalOnHostTests {
    @Test func aProgramSeesATerminalAndItsNewSize() async throws {
        try await withTestHost(Probe.self, time: .machine) { host in
            let result = try await host.expectNoLeaks { try await host.call("probe_terminal") }
            #expect(result.text == "30 100, 50 132, <x> [AmbitPlugin.Process.Stream.output] 0")
        }
    }

    @Test func theEndOfInputReachesATerminal() async throws {
        try await withTestHost(Probe.self, time: .machine) { host in
            let result = try await host.expectNoLeaks { try await host.call("probe_terminal_end") }
            #expect(result.text == "0")
        }
    }

    @Test(
        arguments: [
            ("none", "invalid argument: the process has no terminal: start it with `terminal: TerminalSize()`"),
            ("start", "invalid argument: a terminal has 1 to 65535 rows and 1 to 65535 columns, not 0 and 80"),
            ("resize", "invalid argument: a terminal has 1 to 65535 rows and 1 to 65535 columns, not 24 and 65536"),
            ("forgotten", "stale handle: the process was forgotten, or its scope has ended"),
        ])
    func whatGoesWrongIsNamed(how: String, text: String) async throws {
        try await withTestHost(Probe.self, time: .machine) { host in
            let result = try await host.expectNoLeaks { try await host.call("probe_terminal_wrong", ["how": .string(how)]) }
            #expect(result.text == text)
        }
    }
}
