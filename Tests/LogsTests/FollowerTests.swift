import Testing

@testable import Logs

@Suite struct FollowerTests {
    private static func batch(_ cursors: ClosedRange<Int>?, after: Int = 0, gap: Int = 0, atEnd: Bool, _ status: ProcessStatus)
        -> FollowBatch
    {
        var batch = FollowBatch(cursor: after, gap: gap)
        batch.lines = cursors.map { $0.map { Line(cursor: $0, stream: .stdout, time: 0, text: "\($0)") } } ?? []
        batch.cursor = cursors?.upperBound ?? after + gap
        batch.isAtEnd = atEnd
        batch.status = status
        return batch
    }

    @Test func deliversThenWaits() {
        var follower = Follower(after: 0)
        let batch = Self.batch(1...2, atEnd: true, .running)
        var steps = follower.take(batch)
        #expect(steps == batch.lines.map(Follower.Step.line) + [.wait])
        #expect(follower.cursor == 2 && follower.delivered == 2 && follower.dropped == 0)
        steps = follower.take(Self.batch(nil, after: 2, atEnd: true, .running))
        #expect(steps == [.wait])
    }

    @Test func asksAgainWhileThereIsMore() {
        var follower = Follower(after: 0)
        var steps = follower.take(Self.batch(1...2, atEnd: false, .running))
        #expect(steps.last == .again)
        steps = follower.take(Self.batch(3...4, after: 2, atEnd: false, .exited))
        #expect(steps.last == .again, "lines are left behind the exit")
    }

    @Test(arguments: [ProcessStatus.exited, .stopped])
    func endsAfterTheLastLine(status: ProcessStatus) {
        var follower = Follower(after: 0)
        let batch = Self.batch(1...2, atEnd: true, status)
        let steps = follower.take(batch)
        #expect(steps == batch.lines.map(Follower.Step.line) + [.end(.ended)])
    }

    @Test func endsAtItsLineLimit() {
        var follower = Follower(after: 0, lineLimit: 3)
        #expect(follower.wanted == 3)
        var steps = follower.take(Self.batch(1...2, atEnd: true, .running))
        #expect(steps.last == .wait)
        #expect(follower.wanted == 1)
        steps = follower.take(Self.batch(3...3, after: 2, atEnd: true, .exited))
        #expect(steps.last == .end(.lines))
    }

    @Test func countsGapsAndTellsThemFirst() {
        var follower = Follower(after: 5)
        let batch = Self.batch(11...12, after: 5, gap: 5, atEnd: true, .running)
        let steps = follower.take(batch)
        #expect(steps == [.gap(5)] + batch.lines.map(Follower.Step.line) + [.wait])
        #expect(follower.dropped == 5 && follower.delivered == 2 && follower.cursor == 12)
    }

    @Test func endsWhereTheProcessIsForgotten() {
        var follower = Follower(after: 5)
        let steps = follower.take(nil)
        #expect(steps == [.end(.forgotten)])
        #expect(follower.cursor == 5)
    }
}
