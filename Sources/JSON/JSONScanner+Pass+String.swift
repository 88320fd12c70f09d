extension JSONScanner.Pass {
    /// A string; `at` is on its opening quote and is left behind the closing one.
    @inline(__always)
    mutating func string(_ entries: inout [JSONTape.Entry]) throws(JSONError) {
        let start = at
        var flags: UInt32 = 0
        at &+= 1
        while true {
            at &+= ByteWord.plainRun(base, from: at, to: end)
            guard at < end else { throw JSONError(.unexpectedEnd, at: end) }
            switch byte(at) {
            case UInt8(ascii: "\""):
                at &+= 1
                entries.append(
                    .init(.string, offset: start, length: at &- start, next: entries.count &+ 1, flags: flags))
                return
            case UInt8(ascii: "\\"):
                flags = JSONTape.Entry.escaped
                try escape()
            case 0x80...:
                let sequence = UTF8Sequence(base, at: at, end: end)
                guard sequence.isValid else { throw JSONError(.invalidUTF8, at: at) }
                at &+= sequence.length
            default: throw JSONError(.controlCharacter, at: at)
            }
        }
    }

    private mutating func escape() throws(JSONError) {
        let start = at
        at &+= 1
        guard at < end else { throw JSONError(.unexpectedEnd, at: end) }
        switch byte(at) {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            at &+= 1
        case UInt8(ascii: "u"):
            at &+= 1
            switch try fourHexDigits(of: start) {
            case 0xD800...0xDBFF:
                guard at &+ 1 < end, byte(at) == UInt8(ascii: "\\"), byte(at &+ 1) == UInt8(ascii: "u") else {
                    throw JSONError(.loneSurrogate, at: start)
                }
                let second = at
                at &+= 2
                guard case 0xDC00...0xDFFF = try fourHexDigits(of: second) else {
                    throw JSONError(.loneSurrogate, at: start)
                }
            case 0xDC00...0xDFFF: throw JSONError(.loneSurrogate, at: start)
            default: break
            }
        default: throw JSONError(.invalidEscape, at: start)
        }
    }

    private mutating func fourHexDigits(of escape: Int) throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard at < end else { throw JSONError(.unexpectedEnd, at: end) }
            guard let digit = JSONStringBytes.hexDigit(byte(at)) else { throw JSONError(.invalidEscape, at: escape) }
            value = value << 4 | digit
            at &+= 1
        }
        return value
    }
}
