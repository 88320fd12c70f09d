extension ECMAPattern {
    /// What follows a backslash. Says whether a quantifier may follow it.
    mutating func escape(inClass: Bool) throws(PatternError) -> Bool {
        let start = at
        at += 1
        guard let name = peek() else { throw wrong("the pattern ends behind a backslash", at: start) }
        at += 1
        switch name {
        case UInt8(ascii: "d"), UInt8(ascii: "D"), UInt8(ascii: "w"), UInt8(ascii: "W"), UInt8(ascii: "n"), UInt8(ascii: "r"),
            UInt8(ascii: "t"), UInt8(ascii: "f"):
            put(UInt8(ascii: "\\"))
            put(name)
        case UInt8(ascii: "v"): put(#"\x{b}"#)
        case UInt8(ascii: "s"): put(inClass ? Self.space : "[\(Self.space)]")
        case UInt8(ascii: "S"): put(inClass ? Self.notSpace : "[^\(Self.space)]")
        case UInt8(ascii: "b") where inClass: put(#"\x{8}"#)
        case UInt8(ascii: "b"), UInt8(ascii: "B"):
            if inClass { throw wrong("'\\B' has no meaning in a class", at: start) }
            put(UInt8(ascii: "\\"))
            put(name)
            return false
        case UInt8(ascii: "p"), UInt8(ascii: "P"): try property(name, start)
        case UInt8(ascii: "c"):
            guard let letter = peek(), UInt8(ascii: "a")...UInt8(ascii: "z") ~= letter | 0x20 else {
                throw wrong("'\\c' needs a letter", at: start)
            }
            at += 1
            put(scalar: UInt32(letter & 0x1F))
        case UInt8(ascii: "x"): put(scalar: try hexadecimal(2, start))
        case UInt8(ascii: "u"): put(scalar: try unicode(start))
        case UInt8(ascii: "0"):
            if let next = peek(), UInt8(ascii: "0")...UInt8(ascii: "9") ~= next {
                throw wrong("ECMA-262 has no octal escapes", at: start)
            }
            put(#"\x{0}"#)
        case UInt8(ascii: "1")...UInt8(ascii: "9"):
            if inClass { throw wrong("a class can't refer to a group", at: start) }
            var end = at
            while end < source.count, UInt8(ascii: "0")...UInt8(ascii: "9") ~= source[end] { end += 1 }
            put("\\g{\(String(decoding: source[at - 1..<end], as: UTF8.self))}")
            at = end
        case UInt8(ascii: "k"):
            guard !inClass, peek() == UInt8(ascii: "<") else { throw wrong("'\\k' needs the name of a group in '<…>'", at: start) }
            put(#"\k"#)
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
            throw wrong("ECMA-262 has no escape '\\\(Character(Unicode.Scalar(name)))'", at: start)
        case 0x80...: put(name)
        default:
            put(UInt8(ascii: "\\"))
            put(name)
        }
        return true
    }

    private mutating func put(scalar: UInt32) { put("\\x{\(String(scalar, radix: 16))}") }

    private mutating func hexadecimal(_ count: Int, _ start: Int) throws(PatternError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<count {
            guard let byte = peek(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw wrong("\(count) hexadecimal digits are missing", at: start)
            }
            value = value << 4 | UInt32(digit)
            at += 1
        }
        return value
    }

    /// `\uXXXX`, two of them for a surrogate pair, and `\u{X…}`.
    private mutating func unicode(_ start: Int) throws(PatternError) -> UInt32 {
        if peek() == UInt8(ascii: "{") {
            var end = at + 1
            while end < source.count, source[end] != UInt8(ascii: "}") { end += 1 }
            let digits = source[min(at + 1, end)..<end]
            guard end < source.count, digits.count <= 8,
                let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16), Unicode.Scalar(value) != nil
            else { throw wrong("'\\u{…}' must name a character", at: start) }
            at = end + 1
            return value
        }
        let first = try hexadecimal(4, start)
        if 0xD800...0xDBFF ~= first, peek() == UInt8(ascii: "\\"), peek(1) == UInt8(ascii: "u") {
            at += 2
            let second = try hexadecimal(4, start)
            if 0xDC00...0xDFFF ~= second { return 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00) }
        }
        guard Unicode.Scalar(first) != nil else {
            throw wrong("half of a surrogate pair can't be found in a text", at: start)
        }
        return first
    }

    /// `\p{…}`: PCRE2 wants short names of general categories, and a colon before the value.
    private mutating func property(_ kind: UInt8, _ start: Int) throws(PatternError) {
        var end = at
        while end < source.count, source[end] != UInt8(ascii: "}") { end += 1 }
        guard peek() == UInt8(ascii: "{"), end < source.count else { throw wrong("'\\p' needs a property in '{…}'", at: start) }
        let text = String(decoding: source[at + 1..<end], as: UTF8.self)
        guard !text.isEmpty, text.utf8.allSatisfy({ $0 == 0x5F || $0 == 0x3D || $0 &- 0x30 < 10 || $0 | 0x20 &- 0x61 < 26 }) else {
            throw wrong("'\\p{\(text)}' is no property", at: start)
        }
        at = end + 1
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let escape = kind == UInt8(ascii: "p") ? #"\p"# : #"\P"#
        switch (parts.first, parts.count) {
        case (_, 1): put("\(escape){\(Self.categories[text] ?? text)}")
        case ("General_Category", 2), ("gc", 2): put("\(escape){\(Self.categories[parts[1]] ?? parts[1])}")
        case ("Script", 2), ("sc", 2): put("\(escape){sc:\(parts[1])}")
        case ("Script_Extensions", 2), ("scx", 2): put("\(escape){scx:\(parts[1])}")
        default: throw wrong("'\\p{\(text)}' is no property", at: start)
        }
    }
}
