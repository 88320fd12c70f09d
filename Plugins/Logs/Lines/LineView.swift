/// A line inside the store. Borrowed: valid only in the closure that got it.
struct LineView {
    let cursor: Int
    let stream: OutputStream
    let time: Int64
    let bytes: UnsafeRawBufferPointer

    var line: Line {
        Line(cursor: cursor, stream: stream, time: time, text: String(decoding: bytes, as: UTF8.self))
    }
}
