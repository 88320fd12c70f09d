import Testing

@testable import Transport

@Suite struct LocalConnectionStateTests {
    private typealias State = LocalConnectionState

    private func state(_ events: State.Event...) -> State {
        var state = State()
        for event in events { _ = state.handle(event) }
        return state
    }

    private func after(_ events: State.Event..., then last: State.Event) -> State.Action {
        var state = State()
        for event in events { _ = state.handle(event) }
        return state.handle(last)
    }

    @Test func oneRequestOneAnswerAndTheEnd() {
        #expect(after(then: .requestRead) == .serve)
        #expect(after(.requestRead, then: .answered) == .flush)
        #expect(after(.requestRead, .answered, then: .flushed) == .close)
        #expect(state(.requestRead, .answered, .flushed).phase == .closed)
    }

    @Test func aRequestThatIsTakenBackIsStillAnswered() {
        #expect(after(.requestRead, then: .endOfInput) == .cancel)
        #expect(after(.requestRead, then: .stop) == .cancel)
        #expect(after(.requestRead, .endOfInput, then: .answered) == .flush)
        #expect(after(.requestRead, .endOfInput, then: .stop) == .none)
    }

    @Test func aClientThatSendsMoreThanOneLineOrIsGoneLosesItsCall() {
        for event in [State.Event.excess, .broken, .force] {
            #expect(after(.requestRead, then: event) == .cancelAndClose)
            #expect(after(.requestRead, .endOfInput, then: event) == .close)
        }
    }

    @Test func whileReadingEverythingButARequestEnds() {
        for event in State.Event.allCases where ![.requestRead, .refused, .answered, .flushed].contains(event) {
            #expect(after(then: event) == .close, "\(event)")
        }
        #expect(after(then: .refused) == .flush)
    }

    /// The answer is on its way: only its end, a deadline or a force ends it.
    @Test func whatIsFlushedIsFlushedToItsEnd() {
        for event in State.Event.allCases {
            let wanted: State.Action = [.flushed, .broken, .force, .deadline].contains(event) ? .close : .none
            #expect(after(.requestRead, .answered, then: event) == wanted, "\(event)")
        }
    }

    /// From every state `force` leads to the end, and from there nothing leads anywhere.
    @Test func exhaustive() {
        var seen: Set<String> = []
        var pending = [State()]
        while let state = pending.popLast() {
            guard seen.insert("\(state.phase)").inserted else { continue }
            var forced = state
            _ = forced.handle(.force)
            #expect(forced.phase == .closed)
            for event in State.Event.allCases {
                var next = state
                let action = next.handle(event)
                if state.phase == .closed { #expect(action == .none && next.phase == .closed) }
                pending.append(next)
            }
        }
        #expect(seen.count == State.Phase.allCases.count)
    }
}
