internal import JSON

extension SchemaCheck {
    /// A frame for a value; closed in the reverse order.
    mutating func openFrame(for value: JSONValue) -> MarkFrame {
        guard value.kind == .array || value.kind == .object else { return .none }
        return openFrame(bits: value.count)
    }

    mutating func openFrame(bits: Int) -> MarkFrame {
        let words = (bits + 63) / 64
        steps -= words / 8
        let frame = MarkFrame(first: marks.count, words: words)
        for _ in 0..<words { marks.append(0) }
        return frame
    }

    mutating func close(_ frame: MarkFrame) { marks.removeLast(frame.words) }

    mutating func merge(_ frame: MarkFrame, into outer: MarkFrame) {
        for word in 0..<frame.words { marks[outer.first + word] |= marks[frame.first + word] }
    }

    @inline(__always)
    mutating func mark(_ position: Int, _ frame: MarkFrame) {
        if frame.isOpen { marks[frame.first + position >> 6] |= 1 << UInt64(position & 63) }
    }

    func isMarked(_ position: Int, _ frame: MarkFrame) -> Bool {
        frame.isOpen && marks[frame.first + position >> 6] & 1 << UInt64(position & 63) != 0
    }
}
