/// The bytes that a string stands for: its text without quotes and with escapes resolved, one by one.
struct JSONStringBytes: IteratorProtocol {
    private let content: UnsafeRawBufferPointer
    private var at = 0
    /// Bytes of an escaped character that are still to come, the next one lowest.
    private var pending: UInt32 = 0

    /// - Parameter content: what stands between the quotes; checked by the scanner.
    init(_ content: UnsafeRawBufferPointer) { self.content = content }

    mutating func next() -> UInt8? {
        if pending != 0 {
            let byte = UInt8(truncatingIfNeeded: pending)
            pending >>= 8
            return byte
        }
        guard at < content.count else { return nil }
        let byte = content[at]
        at += 1
        guard byte == UInt8(ascii: "\\") else { return byte }
        let name = content[at]
        at += 1
        switch name {
        case UInt8(ascii: "b"): return 0x08
        case UInt8(ascii: "f"): return 0x0C
        case UInt8(ascii: "n"): return 0x0A
        case UInt8(ascii: "r"): return 0x0D
        case UInt8(ascii: "t"): return 0x09
        case UInt8(ascii: "u"): return character()
        default: return name
        }
    }

    /// Reads the digits of `\u` (and of the second half of a pair) and gives the first byte of the character.
    private mutating func character() -> UInt8 {
        var scalar = fourHexDigits()
        if 0xD800...0xDBFF ~= scalar {
            at += 2
            scalar = 0x10000 + (scalar - 0xD800) << 10 + (fourHexDigits() - 0xDC00)
        }
        switch scalar {
        case ..<0x80: return UInt8(scalar)
        case ..<0x800:
            pending = 0x80 | scalar & 0x3F
            return UInt8(0xC0 | scalar >> 6)
        case ..<0x10000:
            pending = (0x80 | scalar >> 6 & 0x3F) | (0x80 | scalar & 0x3F) << 8
            return UInt8(0xE0 | scalar >> 12)
        default:
            pending =
                (0x80 | scalar >> 12 & 0x3F) | (0x80 | scalar >> 6 & 0x3F) << 8 | (0x80 | scalar & 0x3F) << 16
            return UInt8(0xF0 | scalar >> 18)
        }
    }

    private mutating func fourHexDigits() -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            value = value << 4 | (Self.hexDigit(content[at]) ?? 0)
            at += 1
        }
        return value
    }

    @inline(__always)
    static func hexDigit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }
}
