/// Addresses of RFC 5321, and of RFC 6531 where characters beyond ASCII are allowed.
enum EmailFormat {
    static func accepts(_ text: ArraySlice<UInt8>, allowingUnicode: Bool) -> Bool {
        var cursor = FormatCursor(text)
        guard local(&cursor, allowingUnicode), text.count - cursor.rest.count <= 64, cursor.skip(UInt8(ascii: "@")) else { return false }
        return isDomain(cursor.rest, allowingUnicode)
    }

    private static func local(_ cursor: inout FormatCursor, _ allowingUnicode: Bool) -> Bool {
        if cursor.skip(UInt8(ascii: "\"")) {
            while let byte = cursor.next {
                guard cursor.skip(where: { 0x20...0x7E ~= $0 || allowingUnicode && $0 >= 0x80 }) else { return false }
                if byte == UInt8(ascii: "\"") { return true }
                if byte == UInt8(ascii: "\\"), !cursor.skip(where: { 0x20...0x7E ~= $0 }) { return false }
            }
            return false
        }
        repeat {
            let count = cursor.skipAll { byte in
                FormatCursor.isLetter(byte) || FormatCursor.isDigit(byte) || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
                    || allowingUnicode && byte >= 0x80
            }
            guard count > 0 else { return false }
        } while cursor.skip(UInt8(ascii: "."))
        return true
    }

    private static func isDomain(_ text: ArraySlice<UInt8>, _ allowingUnicode: Bool) -> Bool {
        if text.first == UInt8(ascii: "[") {
            guard text.last == UInt8(ascii: "]") else { return false }
            let address = text.dropFirst().dropLast()
            let tag = "ipv6:".utf8
            if address.prefix(tag.count).map({ $0 | 0x20 }).elementsEqual(tag.map { $0 | 0x20 }) {
                return AddressFormat.isIPv6(address.dropFirst(tag.count))
            }
            var cursor = FormatCursor(address)
            return cursor.ipv4() && cursor.isAtEnd
        }
        guard allowingUnicode else { return HostnameFormat.accepts(text, allowingUnicode: false) }
        // Mail systems normalize a domain before they look it up: only its outline is checked.
        return text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
            1...255 ~= label.count && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
                && label.allSatisfy { $0 >= 0x80 || FormatCursor.isLetter($0) || FormatCursor.isDigit($0) || $0 == UInt8(ascii: "-") }
        }
    }
}
