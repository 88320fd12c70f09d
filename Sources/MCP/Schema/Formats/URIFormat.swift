/// URIs of RFC 3986 and IRIs of RFC 3987.
enum URIFormat {
    static func accepts(_ text: ArraySlice<UInt8>, allowingUnicode: Bool, allowingRelative: Bool) -> Bool {
        var cursor = FormatCursor(text)
        let scheme = text.prefix { FormatCursor.isLetter($0) || FormatCursor.isDigit($0) || "+-.".utf8.contains($0) }
        let hasScheme = text.dropFirst(scheme.count).first == UInt8(ascii: ":") && scheme.first.map(FormatCursor.isLetter) == true
        guard hasScheme || allowingRelative else { return false }
        if hasScheme { cursor = FormatCursor(text.dropFirst(scheme.count + 1)) }
        if cursor.rest.starts(with: "//".utf8) {
            let end = cursor.rest.dropFirst(2).firstIndex { "/?#".utf8.contains($0) } ?? cursor.rest.endIndex
            guard isAuthority(cursor.rest[(cursor.rest.startIndex + 2)..<end], allowingUnicode) else { return false }
            cursor = FormatCursor(cursor.rest[end...])
        } else if !hasScheme {
            // A colon in the first segment would make it a scheme.
            guard !cursor.rest.prefix(while: { !"/?#".utf8.contains($0) }).contains(UInt8(ascii: ":")) else { return false }
        }
        guard passes(&cursor, extra: ":@/", allowingUnicode) else { return false }
        if cursor.skip(UInt8(ascii: "?")), !passes(&cursor, extra: ":@/?", allowingUnicode) { return false }
        if cursor.skip(UInt8(ascii: "#")), !passes(&cursor, extra: ":@/?", allowingUnicode) { return false }
        return cursor.isAtEnd
    }

    private static func isAuthority(_ text: ArraySlice<UInt8>, _ allowingUnicode: Bool) -> Bool {
        var cursor = FormatCursor(text)
        if let at = text.firstIndex(of: UInt8(ascii: "@")) {
            var user = FormatCursor(text[..<at])
            guard passes(&user, extra: ":", allowingUnicode), user.isAtEnd else { return false }
            cursor = FormatCursor(text[(at + 1)...])
        }
        if cursor.next == UInt8(ascii: "[") {
            guard let end = cursor.rest.firstIndex(of: UInt8(ascii: "]")) else { return false }
            let address = cursor.rest[(cursor.rest.startIndex + 1)..<end]
            guard AddressFormat.isIPv6(address) || isFutureAddress(address) else { return false }
            cursor = FormatCursor(cursor.rest[(end + 1)...])
        } else {
            guard passes(&cursor, extra: "", allowingUnicode) else { return false }
        }
        if cursor.skip(UInt8(ascii: ":")) { cursor.skipAll(where: FormatCursor.isDigit) }
        return cursor.isAtEnd
    }

    private static func isFutureAddress(_ text: ArraySlice<UInt8>) -> Bool {
        var cursor = FormatCursor(text)
        guard cursor.skip(where: { $0 | 0x20 == UInt8(ascii: "v") }), cursor.skipAll(where: FormatCursor.isHexDigit) > 0,
            cursor.skip(UInt8(ascii: "."))
        else { return false }
        let count = cursor.skipAll { isPlain($0, extra: ":") }
        return count > 0 && cursor.isAtEnd
    }

    /// Passes characters that may stand for themselves, percent-encoded ones, and `extra`. False for a broken encoding.
    private static func passes(_ cursor: inout FormatCursor, extra: String, _ allowingUnicode: Bool) -> Bool {
        while let byte = cursor.next {
            if byte == UInt8(ascii: "%") {
                guard cursor.percentEncoded() else { return false }
            } else {
                guard cursor.skip(where: { isPlain($0, extra: extra) || allowingUnicode && $0 >= 0x80 }) else { break }
            }
        }
        return true
    }

    /// `unreserved` and `sub-delims`.
    private static func isPlain(_ byte: UInt8, extra: String) -> Bool {
        FormatCursor.isLetter(byte) || FormatCursor.isDigit(byte) || "-._~!$&'()*+,;=".utf8.contains(byte) || extra.utf8.contains(byte)
    }
}
