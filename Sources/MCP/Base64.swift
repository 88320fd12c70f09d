/// Base64 as RFC 4648 section 4 has it: standard alphabet, padding required, unused bits zero. Nothing is forgiven.
enum Base64 {
    static func decoded(_ text: [UInt8]) -> [UInt8]? {
        guard text.count % 4 == 0 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3)
        let padding = text.suffix(2).reversed().prefix { $0 == UInt8(ascii: "=") }.count
        var group: UInt32 = 0
        for (position, byte) in text.dropLast(padding).enumerated() {
            guard let digit = digit(byte) else { return nil }
            group = group << 6 | digit
            if position % 4 == 3 {
                bytes += [UInt8(group >> 16), UInt8(group >> 8 & 0xFF), UInt8(group & 0xFF)]
                group = 0
            }
        }
        switch padding {
        case 1:
            guard group & 0b11 == 0 else { return nil }
            bytes += [UInt8(group >> 10), UInt8(group >> 2 & 0xFF)]
        case 2:
            guard group & 0b1111 == 0 else { return nil }
            bytes.append(UInt8(group >> 4))
        default: break
        }
        return bytes
    }

    private static func digit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(byte - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte - UInt8(ascii: "a") + 26)
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0") + 52)
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
