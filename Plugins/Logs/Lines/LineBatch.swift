/// Lines that arrived together, in one stretch of memory: no object for each.
struct LineBatch: Equatable, Sendable {
    /// The lines' text one after the other, without line breaks, valid UTF-8.
    var bytes: [UInt8] = []
    /// Where each line ends in `bytes`.
    var ends: [UInt32] = []

    var isEmpty: Bool { ends.isEmpty }

    /// The bytes appended since the last line are one.
    mutating func endLine() { ends.append(UInt32(bytes.count)) }
}
