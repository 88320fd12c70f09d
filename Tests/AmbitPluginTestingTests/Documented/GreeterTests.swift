// example testing
import AmbitPlugin
import AmbitPluginTesting
import Testing

@Suite(.serialized) struct GreeterTests {
    @Test func greetsOnceASecond() async throws {
        try await expectNoLeaks {
            let host = try TestHost(Greeter.self)
            let result = try await host.call("greet", ["name": "Ada", "times": 3])
            #expect(result.text == "Hello, Ada!" && result.progress.count == 3)
        }
    }

    @Test func endsWithItsCall() async throws {
        try await expectNoLeaks {
            let host = try TestHost(Greeter.self)
            let call = try host.start("greet", ["name": "Ada", "times": 10])
            try await host.advance(by: .seconds(2))
            #expect(call.progress.count == 2)
            call.disconnect()
            await #expect(throws: TestCallError.ended(.disconnected, "")) { try await call.result() }
        }
    }
}
// end example
