/// Splitting a header into its parts, quoted strings respected (RFC 9110, 5.6).
enum HeaderList {
    /// The parts between `separator`s that stand outside quotes, white space around them removed.
    static func split(_ text: some StringProtocol, by separator: UInt8) -> [String] {
        var parts: [String] = []
        var part: [UInt8] = []
        var quoted = false
        var escaped = false
        for byte in text.utf8 {
            if escaped {
                escaped = false
            } else if quoted, byte == UInt8(ascii: "\\") {
                escaped = true
            } else if byte == UInt8(ascii: "\"") {
                quoted.toggle()
            } else if byte == separator, !quoted {
                parts.append(HeaderValue.trimmed(String(decoding: part, as: UTF8.self)))
                part.removeAll()
                continue
            }
            part.append(byte)
        }
        parts.append(HeaderValue.trimmed(String(decoding: part, as: UTF8.self)))
        return parts
    }
}
