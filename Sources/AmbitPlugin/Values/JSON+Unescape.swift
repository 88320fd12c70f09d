extension JSON {
    /// The string that a raw JSON string (without its quotes) stands for. The host has checked it; what is wrong all the same
    /// becomes U+FFFD.
    static func unescape(_ raw: String) -> String {
        guard raw.utf8.contains(UInt8(ascii: "\\")) else { return raw }
        var units: [UInt16] = []
        var iterator = raw.utf16.makeIterator()
        while let unit = iterator.next() {
            guard unit == 0x5C else {
                units.append(unit)
                continue
            }
            switch iterator.next() {
            case 0x62: units.append(0x08)
            case 0x66: units.append(0x0C)
            case 0x6E: units.append(0x0A)
            case 0x72: units.append(0x0D)
            case 0x74: units.append(0x09)
            case 0x75:
                let digits = (0..<4).compactMap { _ in iterator.next().flatMap(hexDigit) }
                units.append(digits.count == 4 ? digits.reduce(0) { $0 << 4 | $1 } : 0xFFFD)
            case let other?: units.append(other)
            case nil: units.append(0xFFFD)
            }
        }
        return String(decoding: units, as: UTF16.self)
    }

    private static func hexDigit(_ unit: UInt16) -> UInt16? {
        switch unit {
        case 0x30...0x39: unit - 0x30
        case 0x41...0x46: unit - 0x41 + 10
        case 0x61...0x66: unit - 0x61 + 10
        default: nil
        }
    }
}
