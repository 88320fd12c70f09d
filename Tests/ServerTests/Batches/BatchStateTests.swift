import Testing

@testable import Server

struct BatchStateTests {
    private static func answer(_ text: String) -> BatchState.Ending { .answer(Array(text.utf8)) }

    private static func text(_ action: BatchState.Action) -> String {
        switch action {
        case .none: "none"
        case .send(let message): "send \(String(decoding: message, as: UTF8.self))"
        case .finish(let message): "finish \(String(decoding: message, as: UTF8.self))"
        case .accepted: "accepted"
        case .end: "end"
        }
    }

    /// Takes it as far as it goes without an end.
    private static func run(_ state: inout BatchState) -> [String] {
        var actions: [String] = []
        while true {
            let action = state.next()
            actions.append(text(action))
            guard case .send = action else { return actions }
            state.sent()
        }
    }

    @Test func `answers are one array in the order of the requests`() {
        var state = BatchState(4)
        for (place, ending) in [(3, Self.answer("{3}")), (1, .accepted), (0, Self.answer("{0}"))] { _ = state.end(place, ending) }
        #expect(Self.run(&state) == ["none"])
        _ = state.end(2, Self.answer("{2}"))
        #expect(Self.run(&state) == ["finish [{0},{2},{3}]"])
        #expect(Self.run(&state) == ["none"])
    }

    @Test func `one answer is an array too`() {
        var state = BatchState(1)
        _ = state.end(0, Self.answer("{}"))
        #expect(Self.run(&state) == ["finish [{}]"])
    }

    @Test func `a message ends once`() {
        var state = BatchState(2)
        let ended = [Self.answer("{0}"), Self.answer("{x}"), .silence].map { state.end(0, $0) }
        #expect(ended == [true, false, false])
        _ = state.end(1, .silence)
        #expect(Self.run(&state) == ["finish [{0}]"])
    }

    @Test func `without a request there is nothing to answer`() {
        var state = BatchState(2)
        _ = (state.end(0, .accepted), state.end(1, .accepted))
        #expect(Self.run(&state) == ["accepted"])
    }

    @Test func `requests that were all taken back get no answer`() {
        var state = BatchState(3)
        _ = (state.end(0, .accepted), state.end(1, .silence), state.end(2, .silence))
        #expect(Self.run(&state) == ["end"])
    }

    @Test func `on a stream each answer is an event, and the last one ends it`() {
        var state = BatchState(3)
        _ = state.end(1, Self.answer("{1}"))
        #expect(Self.run(&state) == ["none"])
        state.streams()
        #expect(Self.run(&state) == ["send {1}", "none"])
        _ = state.end(0, Self.answer("{0}"))
        #expect(Self.run(&state) == ["send {0}", "none"])
        _ = state.end(2, Self.answer("{2}"))
        #expect(Self.run(&state) == ["finish {2}"])
    }

    @Test func `a stream whose last request was taken back ends without more`() {
        var state = BatchState(2)
        state.streams()
        _ = state.end(0, Self.answer("{0}"))
        #expect(Self.run(&state) == ["send {0}", "none"])
        _ = state.end(1, .silence)
        #expect(Self.run(&state) == ["end"])
        // Or only notifications were left.
        var other = BatchState(2)
        other.streams()
        _ = other.end(0, Self.answer("{0}"))
        #expect(Self.run(&other) == ["send {0}", "none"])
        _ = other.end(1, .accepted)
        #expect(Self.run(&other) == ["end"])
    }

    @Test func `answers wait where the client reads slowly, and none is lost`() {
        var state = BatchState(3)
        state.streams()
        for place in 0...2 { _ = state.end(place, Self.answer("{\(place)}")) }
        let first = state.next()
        #expect(Self.text(first) == "send {0}")
        state.held()
        #expect(Self.run(&state) == ["none"])
        state.resumed()
        #expect(Self.run(&state) == ["send {0}", "send {1}", "finish {2}"])
    }
}
