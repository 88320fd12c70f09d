extension JSONValue {
    /// The bytes of this value, exactly as they stand in the document. No copy.
    package var raw: ArraySlice<UInt8> {
        let entry = entry
        return document.bytes[Int(entry.offset)..<Int(entry.offset) + Int(entry.length)]
    }

    /// Whether both are written with the same bytes, white space and escapes included.
    package func isWrittenAs(_ other: JSONValue) -> Bool {
        let (own, others) = (entry, other.entry)
        guard own.length == others.length else { return false }
        return document.bytes.withUnsafeBytes { one in
            other.document.bytes.withUnsafeBytes { two in
                ByteWord.equal(one.baseAddress! + Int(own.offset), two.baseAddress! + Int(others.offset), count: Int(own.length))
            }
        }
    }

    /// Appends the value with its order, number text and escapes unchanged, white space between tokens left out (A11).
    package func appendCompact(to bytes: inout [UInt8]) {
        let raw = raw
        guard document.tape.hasInnerWhitespace, kind == .array || kind == .object else {
            bytes.append(contentsOf: raw)
            return
        }
        bytes.reserveCapacity(bytes.count + raw.count)
        raw.withUnsafeBytes { source in
            var runStart = 0
            var at = 0
            while at < source.count {
                switch source[at] {
                case 0x20, 0x0A, 0x0D, 0x09:
                    bytes.append(contentsOf: source[runStart..<at])
                    at += 1
                    runStart = at
                case UInt8(ascii: "\""):
                    at += 1
                    while source[at] != UInt8(ascii: "\"") { at += source[at] == UInt8(ascii: "\\") ? 2 : 1 }
                    at += 1
                default: at += 1
                }
            }
            bytes.append(contentsOf: source[runStart..<at])
        }
    }

    /// The value as ``appendCompact(to:)`` writes it.
    package var compact: [UInt8] {
        var bytes: [UInt8] = []
        appendCompact(to: &bytes)
        return bytes
    }
}
