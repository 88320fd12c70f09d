/// A place in a text that is read from left to right.
struct FormatCursor {
    var rest: ArraySlice<UInt8>

    init(_ text: ArraySlice<UInt8>) { rest = text }

    var isAtEnd: Bool { rest.isEmpty }
    var next: UInt8? { rest.first }

    /// Passes this byte; false where another stands.
    mutating func skip(_ byte: UInt8) -> Bool { skip { $0 == byte } }

    mutating func skip(where isWanted: (UInt8) -> Bool) -> Bool {
        guard let first = rest.first, isWanted(first) else { return false }
        rest.removeFirst()
        return true
    }

    /// Passes all bytes of a kind, and says how many.
    @discardableResult
    mutating func skipAll(where isWanted: (UInt8) -> Bool) -> Int {
        let end = rest.firstIndex { !isWanted($0) } ?? rest.endIndex
        defer { rest = rest[end...] }
        return end - rest.startIndex
    }

    /// Exactly `count` decimal digits.
    mutating func number(digits count: Int) -> Int? {
        guard rest.count >= count, rest.prefix(count).allSatisfy(Self.isDigit) else { return nil }
        defer { rest.removeFirst(count) }
        return rest.prefix(count).reduce(0) { $0 * 10 + Int($1 & 0xF) }
    }

    static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
    static func isLetter(_ byte: UInt8) -> Bool { byte | 0x20 &- UInt8(ascii: "a") < 26 }
    static func isHexDigit(_ byte: UInt8) -> Bool { isDigit(byte) || byte | 0x20 &- UInt8(ascii: "a") < 6 }
}
