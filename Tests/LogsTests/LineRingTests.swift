import Testing

@testable import Logs

@Suite struct LineRingTests {
    @Test func numbersLinesFromOneAndKeepsStreamAndTime() {
        var ring = LineRing(limit: 1 << 20)
        #expect(ring.lines().isEmpty && ring.firstCursor == 1 && ring.lastCursor == 0)
        ring.append(LineBatch("a", ""), time: 1, stream: .stdout)
        ring.append(LineBatch("b"), time: 1, stream: .stderr)
        ring.append(LineBatch(), time: 2, stream: .stdout)
        ring.append(LineBatch("c"), time: 3, stream: .stdout)
        #expect(
            ring.lines() == [
                Line(cursor: 1, stream: .stdout, time: 1, text: "a"),
                Line(cursor: 2, stream: .stdout, time: 1, text: ""),
                Line(cursor: 3, stream: .stderr, time: 1, text: "b"),
                Line(cursor: 4, stream: .stdout, time: 3, text: "c"),
            ])
        for cursor in 0...4 { #expect(ring.lines(after: cursor).map(\.cursor) == Array(cursor + 1..<5)) }
        #expect(ring.lines(after: 99).isEmpty)
    }

    @Test func dropsTheOldestAndCountsThemExactly() {
        let limit = 4 * LineRing.segmentBytes
        var ring = LineRing(limit: limit)
        let line = String(repeating: "x", count: 100)
        for number in 0..<20_000 {
            ring.append(LineBatch(line), time: Int64(number), stream: number % 3 == 0 ? .stderr : .stdout)
            #expect(ring.cost <= limit)
        }
        #expect(ring.lastCursor == 20_000)
        #expect(ring.droppedLines > 0 && ring.droppedLines == ring.firstCursor - 1)
        let kept = ring.lines()
        #expect(kept.map(\.cursor) == Array(ring.firstCursor...20_000))
        #expect(kept.allSatisfy { $0.time == Int64($0.cursor - 1) && $0.stream == (($0.cursor - 1) % 3 == 0 ? .stderr : .stdout) })
        #expect(ring.gap(after: 0) == ring.droppedLines)
        #expect(ring.gap(after: ring.firstCursor - 1) == 0 && ring.gap(after: ring.firstCursor - 2) == 1)
        #expect(ring.gap(after: 20_000) == 0)
    }

    @Test func emptyLinesCountTowardsTheLimit() {
        var ring = LineRing(limit: 4 * LineRing.segmentBytes)
        for _ in 0..<100 { ring.append(LineBatch(Array(repeating: "", count: 10_000)), time: 0, stream: .stdout) }
        #expect(ring.cost <= 4 * LineRing.segmentBytes)
        #expect(ring.lastCursor == 1_000_000 && ring.droppedLines > 900_000)
    }

    @Test func aBatchLargerThanASegmentIsKeptWhole() {
        var ring = LineRing(limit: 1 << 20)
        let lines = (0..<5000).map { "line number \($0) of a large batch" }
        ring.append(LineBatch("first"), time: 0, stream: .stdout)
        ring.append(LineBatch(lines), time: 1, stream: .stdout)
        #expect(ring.texts() == ["first"] + lines)
        #expect(ring.texts(after: 4000) == Array(lines[3999...]))
    }

    @Test func costIsWhatTheSegmentsTake() {
        var ring = LineRing(limit: 1 << 20)
        for number in 0..<1000 { ring.append(LineBatch("\(number)"), time: Int64(number % 7), stream: .stdout) }
        while ring.hasSeveralSegments { ring.dropOldest() }
        #expect(ring.cost > 0)
        ring.dropOldest()
        #expect(ring.cost == 0 && ring.lines().isEmpty && ring.firstCursor == 1001)
        ring.dropOldest()
        #expect(ring.cost == 0)
        ring.append(LineBatch("next"), time: 0, stream: .stdout)
        #expect(ring.lines().map(\.cursor) == [1001])
    }

    @Test func walkStopsWhereItIsTold() {
        var ring = LineRing(limit: 1 << 20)
        for number in 1...10 { ring.append(LineBatch("\(number)"), time: 0, stream: .stdout) }
        var seen = 0
        ring.walk(after: 2) { view in
            seen += 1
            return view.cursor < 5
        }
        #expect(seen == 3)
    }
}
