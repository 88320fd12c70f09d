import Testing

@testable import REPL

/// `#expect` can't look at what changes while it looks.
private func expect(_ holds: Bool, _ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(holds, comment, sourceLocation: sourceLocation)
}

struct InterpreterStateTests {
    private static func idle(longestLine: Int = 2) -> InterpreterState {
        var state = InterpreterState(longestLine: longestLine)
        expect(state.ready() == nil)
        return state
    }

    /// Answers and marks the evaluation under way, and ends it.
    private static func complete(_ state: inout InterpreterState, _ id: String) -> String? {
        expect(state.answer(id))
        for stream in OutputStream.allCases { state.mark(id, stream) }
        expect(state.isDone)
        return state.finish(id)
    }

    @Test func oneAfterTheOtherInTheOrderInWhichTheyCame() {
        var state = Self.idle()
        expect(state.enter("a") == .go && state.enter("b") == .wait && state.enter("c") == .wait && state.enter("d") == .full)
        expect(state.begin("b", id: "B") == nil, "it is not its turn")
        expect(state.begin("a", id: "A") == 1)
        expect(state.begin("a", id: "A2") == nil, "a ticket is good for one")
        expect(Self.complete(&state, "A") == "b")
        expect(state.begin("b", id: "B") == 2)
        expect(Self.complete(&state, "B") == "c")
        expect(state.leave("c") == nil && state.phase == .idle)
        expect(state.evaluations == 2)
    }

    @Test func beforeItIsReadyAllWait() {
        var state = InterpreterState(longestLine: 2)
        expect(state.enter("a") == .wait && state.enter("b") == .wait)
        expect(state.ready() == "a" && state.ready() == nil)
        expect(state.begin("a", id: "A") == 1)
    }

    @Test func whoLeavesLetsTheNextOneIn() {
        var state = Self.idle()
        _ = (state.enter("a"), state.enter("b"), state.enter("c"))
        expect(state.leave("b") == nil, "it only stood in line")
        expect(state.leave("a") == "c", "it was its turn")
        expect(state.leave("a") == nil && state.leave("x") == nil)
        expect(state.phase == .granted("c"))
    }

    @Test func anAnswerCountsOnceAndOnlyWithAllOutput() {
        var state = Self.idle()
        _ = state.enter("a")
        _ = state.begin("a", id: "A")
        expect(!state.answer("stranger"))
        state.mark("A", .stdout)
        state.mark("stranger", .stderr)
        expect(state.answer("A") && !state.isDone)
        expect(!state.answer("A"), "twice")
        state.mark("A", .stderr)
        expect(state.isDone)
        expect(state.finish("stranger") == nil && state.isRunning("A"))
        expect(state.finish("A") == nil && state.phase == .idle)
        expect(!state.answer("A"), "late")
        expect(state.strangers == 3)
    }

    @Test func theLadderIsClimbedByOne() {
        var state = Self.idle()
        _ = state.enter("a")
        expect(!state.interrupt("A"))
        _ = state.begin("a", id: "A")
        expect(state.interrupt("A") && !state.interrupt("A"))
    }

    @Test func aSignalSettlesBeforeTheNextOne() {
        var state = Self.idle()
        _ = (state.enter("a"), state.enter("b"))
        _ = state.begin("a", id: "A")
        expect(state.signal("A"))
        expect(Self.complete(&state, "A") == nil && state.phase == .settling)
        expect(state.enter("c") == .wait)
        expect(state.settled() == "b" && state.settled() == nil)
        _ = state.begin("b", id: "B")
        _ = state.answer("B")
        expect(!state.signal("B"), "it has answered: the signal would hit the next")
    }

    @Test func anEndedOneTakesNothing() {
        var state = Self.idle()
        _ = (state.enter("a"), state.enter("b"))
        _ = state.begin("a", id: "A")
        let words = LastWords(exitCode: 3, stderr: "bye")
        state.end(words)
        state.end(LastWords(exitCode: 4))
        expect(state.lastWords == words)
        expect(state.enter("c") == .ended && state.begin("b", id: "B") == nil && !state.answer("A") && state.leave("b") == nil)
        expect(state.ready() == nil && state.settled() == nil && state.finish("A") == nil && !state.interrupt("A"))
    }
}
