extension JSONWriter {
    package mutating func string(_ text: String) {
        var text = text
        text.withUTF8 { string(utf8: UnsafeRawBufferPointer($0)) }
    }

    package mutating func string(utf8: some Collection<UInt8>) {
        let done: Void? = utf8.withContiguousStorageIfAvailable { string(utf8: UnsafeRawBufferPointer($0)) }
        if done == nil { Array(utf8).withUnsafeBytes { string(utf8: $0) } }
    }

    /// A string of these bytes. What is not UTF-8 becomes U+FFFD, one for each broken sequence, as in `String`.
    package mutating func string(utf8: UnsafeRawBufferPointer) {
        if let base = utf8.baseAddress, utf8.count <= Self.short, ByteWord.plainRun(base, from: 0, to: utf8.count) == utf8.count {
            quoted(utf8, then: nil)
            return complete()
        }
        separate()
        bytes.append(UInt8(ascii: "\""))
        if let base = utf8.baseAddress { escaped(base, count: utf8.count) }
        bytes.append(UInt8(ascii: "\""))
        complete()
    }

    private mutating func escaped(_ base: UnsafeRawPointer, count: Int) {
        var at = 0
        var runStart = 0
        while true {
            at &+= ByteWord.plainRun(base, from: at, to: count)
            guard at < count else { break }
            let byte = base.load(fromByteOffset: at, as: UInt8.self)
            var consumed = 1
            if byte >= 0x80 {
                let sequence = UTF8Sequence(base, at: at, end: count)
                if sequence.isValid {
                    at &+= sequence.length
                    continue
                }
                consumed = sequence.length
            }
            bytes.append(contentsOf: UnsafeRawBufferPointer(start: base + runStart, count: at &- runStart))
            if byte >= 0x80 {
                bytes.append(contentsOf: [0xEF, 0xBF, 0xBD])
            } else {
                escape(byte)
            }
            at &+= consumed
            runStart = at
        }
        bytes.append(contentsOf: UnsafeRawBufferPointer(start: base + runStart, count: count &- runStart))
    }

    private mutating func escape(_ byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0C: bytes.append(UInt8(ascii: "f"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        default:
            let digits: StaticString = "0123456789abcdef"
            bytes.append(UInt8(ascii: "u"))
            bytes.append(UInt8(ascii: "0"))
            bytes.append(UInt8(ascii: "0"))
            bytes.append(digits.utf8Start[Int(byte >> 4)])
            bytes.append(digits.utf8Start[Int(byte & 0xF)])
        }
    }
}
