/// The last lines of one process, bounded by bytes; the oldest are dropped by the segment.
///
/// Cursors number the lines from 1 and survive dropping, so a gap is always known exactly.
struct LineRing: Sendable {
    /// Small enough that dropping one is no loss to speak of, large enough that there are few.
    static let segmentBytes = 64 << 10

    let limit: Int
    private var segments: [LineSegment] = []
    /// Cursor of the newest line; 0: there was none.
    private(set) var lastCursor = 0
    /// What the kept lines take of the limits.
    private(set) var cost = 0

    init(limit: Int) { self.limit = limit }

    /// Cursor of the oldest line that is kept; one more than the newest when none is.
    var firstCursor: Int { segments.first?.firstCursor ?? lastCursor + 1 }
    var hasSeveralSegments: Bool { segments.count > 1 }
    var oldestTime: Int64? { segments.first?.firstTime }
    /// Lines that were dropped so far.
    var droppedLines: Int { firstCursor - 1 }

    mutating func append(_ batch: LineBatch, time: Int64, stream: OutputStream) {
        guard !batch.isEmpty else { return }
        let last = segments.count - 1
        if last >= 0, segments[last].cost + batch.bytes.count <= Self.segmentBytes {
            let before = segments[last].cost
            segments[last].append(batch, time: time, stream: stream)
            cost += segments[last].cost - before
        } else {
            let segment = LineSegment(firstCursor: lastCursor + 1, batch, time: time, stream: stream)
            cost += segment.cost
            segments.append(segment)
        }
        lastCursor += batch.ends.count
        while cost > limit, segments.count > 1 { dropOldest() }
    }

    /// Drops the oldest segment, also the only one.
    mutating func dropOldest() {
        guard let oldest = segments.first else { return }
        cost -= oldest.cost
        segments.removeFirst()
    }

    /// Calls `body` with the kept lines after a cursor, oldest first, until it says false.
    func walk(after cursor: Int, _ body: (LineView) -> Bool) {
        guard cursor < lastCursor else { return }
        var low = 0
        var high = segments.count
        while low < high {
            let middle = (low + high) / 2
            if segments[middle].lastCursor > cursor { high = middle } else { low = middle + 1 }
        }
        for segment in segments[low...] {
            guard segment.walk(from: cursor + 1, body) else { return }
        }
    }

    /// Lines after a cursor that were dropped before anybody who stands there could read them.
    func gap(after cursor: Int) -> Int { max(0, droppedLines - cursor) }
}
