import Testing

@testable import MCP

/// Every state with every event, and every short sequence of events against the promise.
struct ResponseCommitTests {
    typealias Event = ResponseCommit.Event
    typealias Action = ResponseCommit.Action

    static let events: [Event] = [.notification, .keepAliveDue, .answer(status: 404), .cancelled, .clientGone]

    @Test func `undecided`() {
        let expected: [Action] = [
            .openStream(with: .event), .openStream(with: .keepAlive), .json(status: 404), .emptyStream, .release,
        ]
        for (event, action) in zip(Self.events, expected) {
            var commit = ResponseCommit()
            #expect(commit.handle(event) == action)
        }
    }

    @Test func `undecided, and the client takes no stream`() {
        let expected: [Action] = [.drop, .none, .json(status: 404), .emptyStream, .release]
        for (event, action) in zip(Self.events, expected) {
            var commit = ResponseCommit(mayStream: false)
            #expect(commit.handle(event) == action)
            #expect(!commit.isStreaming)
        }
    }

    @Test(arguments: [Event.notification, .keepAliveDue])
    func `streaming`(opener: Event) {
        let expected: [Action] = [.event, .keepAlive, .finalEvent, .endStream, .release]
        for (event, action) in zip(Self.events, expected) {
            var commit = ResponseCommit()
            _ = commit.handle(opener)
            #expect(commit.isStreaming && !commit.isFinished)
            #expect(commit.handle(event) == action)
        }
    }

    @Test(arguments: [Event.answer(status: 200), .cancelled, .clientGone], [true, false])
    func `finished`(end: Event, streamed: Bool) {
        let expected: [Action] = [.drop, .none, .drop, .none, .none]
        for (event, action) in zip(Self.events, expected) {
            var commit = ResponseCommit()
            if streamed { _ = commit.handle(.notification) }
            _ = commit.handle(end)
            #expect(commit.isFinished)
            #expect(commit.handle(event) == action)
            #expect(commit.isFinished)
        }
    }

    @Test func `every sequence of five events has one head, one end and nothing after it`() {
        var sequences: [[Event]] = [[]]
        for _ in 0..<5 { sequences = sequences.flatMap { start in Self.events.map { start + [$0] } } }
        for sequence in sequences {
            var commit = ResponseCommit()
            var heads = 0
            var ends = 0
            for event in sequence {
                let action = commit.handle(event)
                let writes = action != .none && action != .drop
                #expect(!(writes && ends > 0), "\(sequence)")
                switch action {
                case .openStream: heads += 1
                case .json, .emptyStream:
                    heads += 1
                    ends += 1
                case .finalEvent, .endStream, .release: ends += 1
                case .event, .keepAlive: #expect(heads == 1, "\(sequence)")
                case .none, .drop: break
                }
            }
            #expect(heads <= 1 && ends <= 1, "\(sequence)")
            #expect((ends == 1) == commit.isFinished)
            let hasEnd = sequence.contains { ![.notification, .keepAliveDue].contains($0) }
            #expect(hasEnd == commit.isFinished)
        }
    }
}
