/// Makes lines of the chunks of one stream; what is longer than the limit comes in pieces.
struct LineSplitter: Sendable {
    private var partial: [UInt8] = []

    mutating func split(_ bytes: [UInt8]) -> [String] {
        var lines: [String] = []
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                if partial.last == UInt8(ascii: "\r") { partial.removeLast() }
                lines.append(take())
            } else {
                partial.append(byte)
                if partial.count >= Limits.line { lines.append(take()) }
            }
        }
        return lines
    }

    /// What has no end yet.
    mutating func finish() -> String? { partial.isEmpty ? nil : take() }

    private mutating func take() -> String {
        defer { partial.removeAll(keepingCapacity: true) }
        return String(decoding: partial, as: UTF8.self)
    }
}
