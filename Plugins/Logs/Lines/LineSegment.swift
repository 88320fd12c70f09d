/// A stretch of consecutive lines: text and ends, and one mark for each change of time or stream.
struct LineSegment: Sendable {
    private struct Run: Sendable {
        let firstIndex: Int
        let time: Int64
        let stream: OutputStream
    }

    /// Cursor of its first line.
    let firstCursor: Int
    private(set) var bytes: [UInt8]
    private(set) var ends: [UInt32]
    private var runs: [Run]

    init(firstCursor: Int, _ batch: LineBatch, time: Int64, stream: OutputStream) {
        self.firstCursor = firstCursor
        bytes = batch.bytes
        ends = batch.ends
        runs = [Run(firstIndex: 0, time: time, stream: stream)]
    }

    var count: Int { ends.count }
    var lastCursor: Int { firstCursor + count - 1 }
    var firstTime: Int64 { runs.first?.time ?? 0 }

    /// What it takes of the limits.
    var cost: Int { bytes.count + ends.count * MemoryLayout<UInt32>.stride + runs.count * MemoryLayout<Run>.stride }

    mutating func append(_ batch: LineBatch, time: Int64, stream: OutputStream) {
        if runs.last?.time != time || runs.last?.stream != stream {
            runs.append(Run(firstIndex: count, time: time, stream: stream))
        }
        let offset = UInt32(bytes.count)
        bytes.append(contentsOf: batch.bytes)
        ends.reserveCapacity(ends.count + batch.ends.count)
        for end in batch.ends { ends.append(offset + end) }
    }

    /// Calls `body` with the lines from a cursor of this segment on until it says false.
    func walk(from cursor: Int, _ body: (LineView) -> Bool) -> Bool {
        bytes.withUnsafeBytes { bytes in
            var index = max(0, cursor - firstCursor)
            guard index < count else { return true }
            var run = (runs.firstIndex { $0.firstIndex > index } ?? runs.count) - 1
            var start = index == 0 ? 0 : Int(ends[index - 1])
            while index < count {
                if run + 1 < runs.count, runs[run + 1].firstIndex <= index { run += 1 }
                let end = Int(ends[index])
                let view = LineView(
                    cursor: firstCursor + index, stream: runs[run].stream, time: runs[run].time,
                    bytes: UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
                guard body(view) else { return false }
                start = end
                index += 1
            }
            return true
        }
    }
}
