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
        #expect(follower.take(batch) == batch.lines.map(Follower.Step.line) + [.wait])
        #expect(follower.cursor == 2 && follower.delivered == 2 && follower.dropped == 0)
        #expect(follower.take(Self.batch(nil, after: 2, atEnd: true, .running)) == [.wait])
    }

    @Test func asksAgainWhileThereIsMore() {
        var follower = Follower(after: 0)
        #expect(follower.take(Self.batch(1...2, atEnd: false, .running)).last == .again)
        #expect(follower.take(Self.batch(3...4, after: 2, atEnd: false, .exited)).last == .again, "lines are left behind the exit")
    }

    @Test(arguments: [ProcessStatus.exited, .stopped])
    func endsAfterTheLastLine(status: ProcessStatus) {
        var follower = Follower(after: 0)
        let batch = Self.batch(1...2, atEnd: true, status)
        #expect(follower.take(batch) == batch.lines.map(Follower.Step.line) + [.end(.ended)])
    }

    @Test func endsAtItsLineLimit() {
        var follower = Follower(after: 0, lineLimit: 3)
        #expect(follower.wanted == 3)
        #expect(follower.take(Self.batch(1...2, atEnd: true, .running)).last == .wait)
        #expect(follower.wanted == 1)
        #expect(follower.take(Self.batch(3...3, after: 2, atEnd: true, .exited)).last == .end(.lines))
    }

    @Test func countsGapsAndTellsThemFirst() {
        var follower = Follower(after: 5)
        let batch = Self.batch(11...12, after: 5, gap: 5, atEnd: true, .running)
        #expect(follower.take(batch) == [.gap(5)] + batch.lines.map(Follower.Step.line) + [.wait])
        #expect(follower.dropped == 5 && follower.delivered == 2 && follower.cursor == 12)
    }

    @Test func endsWhereTheProcessIsForgotten() {
        var follower = Follower(after: 5)
        #expect(follower.take(nil) == [.end(.forgotten)])
        #expect(follower.cursor == 5)
    }
}
