/// Takes apart what a browser says: messages that end with a zero byte.
struct MessageReader: Sendable {
    private var bytes: [UInt8] = []
    private var start = 0
    /// Up to here there is no end.
    private var searched = 0

    /// A message is larger than any that is waited for.
    var isBroken: Bool { bytes.count - start > Limits.message }

    mutating func append(_ chunk: [UInt8]) {
        if start > 0 {
            bytes.removeFirst(start)
            searched -= start
            start = 0
        }
        bytes += chunk
    }

    mutating func next() -> ArraySlice<UInt8>? {
        guard let end = bytes[searched...].firstIndex(of: 0) else {
            searched = bytes.count
            return nil
        }
        defer {
            start = end + 1
            searched = start
        }
        return bytes[start..<end]
    }
}
