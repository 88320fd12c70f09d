/// A line inside the store. Borrowed: valid only in the closure that got it.
struct LineView {
    let cursor: Int
    let stream: OutputStream
    let time: Int64
    /// As the program wrote it, terminal control sequences included.
    let bytes: UnsafeRawBufferPointer

    /// Without control sequences, which takes a copy only where there are some.
    func withText<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
        guard LineCleaner.hasSequences(bytes) else { return body(bytes) }
        return LineCleaner.stripped(bytes).withUnsafeBytes { body($0) }
    }

    var line: Line { line(keepingSequences: false) }

    func line(keepingSequences: Bool) -> Line {
        let text =
            keepingSequences ? String(decoding: bytes, as: UTF8.self) : withText { String(decoding: $0, as: UTF8.self) }
        return Line(cursor: cursor, stream: stream, time: time, text: text)
    }
}
