/// Takes apart what a driver says: a line with a number of bytes, then so many bytes.
struct FrameReader: Sendable {
    private var bytes: [UInt8] = []
    private var start = 0
    /// What came is no message: nothing after it can be told apart any more.
    private(set) var isBroken = false

    mutating func append(_ chunk: [UInt8]) {
        if start > 0 {
            bytes.removeFirst(start)
            start = 0
        }
        bytes += chunk
    }

    /// The next whole message.
    mutating func next() -> ArraySlice<UInt8>? {
        var size = 0
        var index = start
        while index < bytes.count, bytes[index] != UInt8(ascii: "\n") {
            guard let digit = Self.digit(bytes[index]), size <= Limits.message else {
                isBroken = true
                return nil
            }
            size = size * 10 + digit
            index += 1
        }
        guard index < bytes.count, bytes.count - index - 1 >= size else { return nil }
        defer { start = index + 1 + size }
        return bytes[index + 1..<index + 1 + size]
    }

    private static func digit(_ byte: UInt8) -> Int? {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) ? Int(byte - UInt8(ascii: "0")) : nil
    }
}
