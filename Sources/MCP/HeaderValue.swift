/// The text of an HTTP header as MCP reads it (DIGEST 1.6, "Header value rules").
enum HeaderValue {
    /// Without the optional white space around it.
    static func trimmed(_ text: String) -> String {
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
        let utf8 = text.utf8
        guard let first = utf8.first, let last = utf8.last, isSpace(first) || isSpace(last) else { return text }
        let tail = utf8.drop(while: isSpace)
        let kept = tail.reversed().drop(while: isSpace).reversed()
        return String(decoding: Array(kept), as: UTF8.self)
    }

    /// Whether a value stands for itself: letters, digits and what else names are made of. Not the only values that do.
    static func isLiteral(_ text: String) -> Bool {
        text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: "/"):
                true
            default: false
            }
        }
    }

    /// What a `Mcp-Name` or `Mcp-Param-…` header stands for: a literal, or text in `=?base64?…?=`, which is decoded
    /// strictly. Nil when it is neither.
    static func decoded(_ text: String) -> String? {
        let value = trimmed(text)
        guard value.utf8.allSatisfy({ 0x20...0x7E ~= $0 || $0 == 0x09 }) else { return nil }
        guard value.utf8.count >= 11, value.hasPrefix("=?base64?"), value.hasSuffix("?=") else { return value }
        let payload = Array(value.utf8.dropFirst(9).dropLast(2))
        guard let bytes = Base64.decoded(payload) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }
}
