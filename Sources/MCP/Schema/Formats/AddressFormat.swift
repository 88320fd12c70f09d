/// Addresses of IP.
enum AddressFormat {
    /// RFC 4291: eight groups, of which `::` replaces some, the last two perhaps an IPv4 address.
    static func isIPv6(_ text: ArraySlice<UInt8>) -> Bool {
        var cursor = FormatCursor(text)
        var groups = 0
        var hasGap = false
        if cursor.next == UInt8(ascii: ":") {
            guard cursor.skip(UInt8(ascii: ":")), cursor.skip(UInt8(ascii: ":")) else { return false }
            hasGap = true
            if cursor.isAtEnd { return true }
        }
        while groups < 8 {
            var address = cursor
            if address.ipv4(), address.isAtEnd {
                groups += 2
                return hasGap ? groups < 8 : groups == 8
            }
            guard 1...4 ~= cursor.skipAll(where: FormatCursor.isHexDigit) else { return false }
            groups += 1
            if cursor.isAtEnd { return hasGap ? groups < 8 : groups == 8 }
            guard cursor.skip(UInt8(ascii: ":")) else { return false }
            if cursor.skip(UInt8(ascii: ":")) {
                guard !hasGap else { return false }
                hasGap = true
                if cursor.isAtEnd { return groups < 8 }
            }
        }
        return false
    }
}

extension FormatCursor {
    /// Four numbers up to 255 without leading zeros.
    mutating func ipv4() -> Bool {
        for part in 0..<4 {
            if part > 0, !skip(UInt8(ascii: ".")) { return false }
            let digits = rest.prefix { Self.isDigit($0) }
            guard 1...3 ~= digits.count, digits.count == 1 || digits.first != UInt8(ascii: "0") else { return false }
            guard let number = number(digits: digits.count), number <= 255 else { return false }
        }
        return true
    }
}
