import MCP
import Testing

@testable import Server

@Suite struct InFlightTests {
    private let key = InFlight.Key(owner: 1, id: .integer(7))

    @Test func aRequestThatIsCancelledWhileItWaitsDoesNotBegin() {
        let inFlight = InFlight()
        #expect(inFlight.expect(key))
        inFlight.cancel(key, nil)
        #expect(!inFlight.arrived(key))
        #expect(inFlight.count == 0)
    }

    @Test func onlyTheRequestOfThatChannelIsCancelled() {
        let inFlight = InFlight()
        #expect(inFlight.expect(key))
        inFlight.cancel(.init(owner: 2, id: key.id), nil)
        #expect(inFlight.arrived(key))
    }

    @Test func anIDIsTakenUntilItsRequestCanBegin() {
        let inFlight = InFlight()
        #expect(inFlight.expect(key))
        #expect(!inFlight.expect(key))
        #expect(inFlight.arrived(key))
        #expect(inFlight.expect(key))
    }

    @Test func aCancellationOfNothingIsForgotten() {
        let inFlight = InFlight()
        inFlight.cancel(key, nil)
        #expect(inFlight.count == 0)
        #expect(inFlight.expect(key))
        #expect(inFlight.arrived(key))
    }
}
