import Testing

@testable import Transport

@Suite struct ConnectionStateTests {
    /// `#expect` takes no mutating call.
    private func expect(
        _ action: ConnectionState.Action, _ wanted: ConnectionState.Action, _ location: SourceLocation = #_sourceLocation
    ) {
        #expect(action == wanted, sourceLocation: location)
    }

    private func state(_ events: ConnectionState.Event...) -> ConnectionState {
        var state = ConnectionState()
        for event in events { _ = state.handle(event) }
        return state
    }

    @Test func servesOneRequestAfterTheOther() {
        var state = ConnectionState()
        expect(state.handle(.head(keepAlive: true)), .none)
        #expect(state.phase == .receiving)
        expect(state.handle(.requestRead), .none)
        #expect(state.phase == .responding)
        expect(state.handle(.head(keepAlive: true)), .hold)
        expect(state.handle(.requestRead), .hold)
        expect(state.handle(.answered), .next)
        #expect(state.phase == .idle)
    }

    @Test func closesAfterTheAnswerWhereTheClientAsksForIt() {
        var state = state(.head(keepAlive: false), .requestRead)
        #expect(state.closesAfterAnswer)
        expect(state.handle(.answered), .closeAfterFlush)
        #expect(state.phase == .closed)
    }

    @Test func stopClosesAtOnceUnlessAnAnswerIsDue() {
        var idle = ConnectionState()
        expect(idle.handle(.shutDown), .close)
        var receiving = state(.head(keepAlive: true))
        expect(receiving.handle(.shutDown), .close)
        var responding = state(.head(keepAlive: true), .requestRead)
        expect(responding.handle(.shutDown), .none)
        expect(responding.handle(.answered), .closeAfterFlush)
    }

    @Test func anEarlyRefusalLingersAndServesNothingMore() {
        for events in [[], [ConnectionState.Event.head(keepAlive: true)]] {
            var state = ConnectionState()
            for event in events { _ = state.handle(event) }
            expect(state.handle(.refusedEarly), .lingerAfterFlush)
            expect(state.handle(.head(keepAlive: true)), .none)
            expect(state.handle(.requestRead), .none)
            #expect(state.phase == .lingering)
            expect(state.handle(.refusedEarly), .none)
            expect(state.handle(.shutDown), .close)
        }
    }

    @Test func nothingHappensAfterTheConnectionIsLost() {
        let all: [ConnectionState.Event] = [
            .head(keepAlive: true), .requestRead, .answered, .refusedEarly, .shutDown, .lost,
        ]
        for before in [[], [all[0]], [all[0], all[1]], [all[0], all[3]]] {
            for event in all {
                var state = ConnectionState()
                for event in before { _ = state.handle(event) }
                expect(state.handle(.lost), .none)
                expect(state.handle(event), .none)
                #expect(state.phase == .closed)
            }
        }
    }
}
