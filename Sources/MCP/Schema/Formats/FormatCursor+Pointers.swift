/// Pointers, templates and identifiers.
extension FormatCursor {
    mutating func uuid() -> Bool {
        for (group, length) in [8, 4, 4, 4, 12].enumerated() {
            if group > 0, !skip(UInt8(ascii: "-")) { return false }
            for _ in 0..<length where !skip(where: Self.isHexDigit) { return false }
        }
        return true
    }

    /// RFC 6901.
    mutating func jsonPointer() -> Bool {
        guard isAtEnd || next == UInt8(ascii: "/") else { return false }
        while let byte = next {
            rest.removeFirst()
            if byte == UInt8(ascii: "~"), !skip(where: { $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: "1") }) { return false }
        }
        return true
    }

    mutating func relativeJSONPointer() -> Bool {
        let startsWithZero = next == UInt8(ascii: "0")
        let digits = skipAll(where: Self.isDigit)
        guard digits == 1 || digits > 1 && !startsWithZero else { return false }
        if skip(UInt8(ascii: "#")) { return isAtEnd }
        return jsonPointer()
    }

    /// RFC 6570.
    mutating func uriTemplate() -> Bool {
        while let byte = next {
            switch byte {
            case UInt8(ascii: "{"):
                rest.removeFirst()
                guard expression() else { return false }
            case UInt8(ascii: "%"):
                guard percentEncoded() else { return false }
            case ...0x20, 0x7F, UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\\"), UInt8(ascii: "^"),
                UInt8(ascii: "`"), UInt8(ascii: "|"), UInt8(ascii: "}"):
                return false
            default: rest.removeFirst()
            }
        }
        return true
    }

    mutating func percentEncoded() -> Bool {
        skip(UInt8(ascii: "%")) && skip(where: Self.isHexDigit) && skip(where: Self.isHexDigit)
    }

    private mutating func expression() -> Bool {
        _ = skip { "+#./;?&=,!@|".utf8.contains($0) && $0 != UInt8(ascii: ",") }
        repeat {
            guard variable() else { return false }
        } while skip(UInt8(ascii: ","))
        return skip(UInt8(ascii: "}"))
    }

    private mutating func variable() -> Bool {
        repeat {
            guard variablePart() else { return false }
        } while skip(UInt8(ascii: "."))
        if skip(UInt8(ascii: "*")) { return true }
        guard skip(UInt8(ascii: ":")) else { return true }
        let startsWithZero = next == UInt8(ascii: "0")
        return 1...4 ~= skipAll(where: Self.isDigit) && !startsWithZero
    }

    private mutating func variablePart() -> Bool {
        var count = 0
        while let byte = next {
            if byte == UInt8(ascii: "%") {
                guard percentEncoded() else { return false }
            } else if Self.isDigit(byte) || Self.isLetter(byte) || byte == UInt8(ascii: "_") {
                rest.removeFirst()
            } else {
                break
            }
            count += 1
        }
        return count > 0
    }
}
