import Glibc

/// Looks at the bytes of header lines in place.
enum FieldBytes {
    /// The token characters of RFC 9110 5.6.2, a bit for each code below 64 and from there to 127.
    private static var tokenLow: UInt64 { 0x03FF_6CFA_0000_0000 }
    private static var tokenHigh: UInt64 { 0x57FF_FFFF_C7FF_FFFE }

    @inline(__always)
    static func isToken(_ byte: UInt8) -> Bool {
        byte < 128 && ((byte < 64 ? tokenLow : tokenHigh) &>> UInt64(byte & 63)) & 1 != 0
    }

    /// Where the token that begins a line ends: at the first byte that belongs to none.
    static func tokenEnd(_ line: UnsafeRawBufferPointer) -> Int {
        var index = 0
        while index < line.count, isToken(line[index]) { index += 1 }
        return index
    }

    /// Whether there is a control character other than a tab. Bytes above ASCII are let through, as RFC 9110 5.5 has it.
    static func hasControl(_ value: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        while index + 8 <= value.count {
            let word = value.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            if mayHaveControl(word), value[index..<index + 8].contains(where: isControl) { return true }
            index += 8
        }
        return value[index...].contains(where: isControl)
    }

    @inline(__always)
    private static func isControl(_ byte: UInt8) -> Bool { (byte < 0x20 && byte != 0x09) || byte == 0x7F }

    /// Eight bytes at once: whether one is below 0x20 or is 0x7F.
    @inline(__always)
    private static func mayHaveControl(_ word: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let tops: UInt64 = 0x8080_8080_8080_8080
        let low = (word &- ones &* 0x20) & ~word
        let delete = word ^ (ones &* 0x7F)
        return (low | ((delete &- ones) & ~delete)) & tops != 0
    }

    /// Without spaces and tabs around it.
    static func trimmed(_ value: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        var start = 0
        var end = value.count
        while start < end, isBlank(value[start]) { start += 1 }
        while end > start, isBlank(value[end - 1]) { end -= 1 }
        return UnsafeRawBufferPointer(rebasing: value[start..<end])
    }

    @inline(__always)
    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    /// Whether it is this lower-case name (letters, digits and `-`), in any letter case.
    @inline(__always)
    static func isEqual(_ bytes: UnsafeRawBufferPointer, _ lowercase: StaticString) -> Bool {
        bytes.count == lowercase.utf8CodeUnitCount && hasPrefix(bytes, lowercase)
    }

    static func hasPrefix(_ bytes: UnsafeRawBufferPointer, _ lowercase: StaticString) -> Bool {
        let length = lowercase.utf8CodeUnitCount
        guard bytes.count >= length, let base = bytes.baseAddress else { return false }
        let wanted = UnsafeRawPointer(lowercase.utf8Start)
        var index = 0
        // The bit makes a letter lower case; what else it changes is no byte of a token.
        while index + 8 <= length {
            let word = base.loadUnaligned(fromByteOffset: index, as: UInt64.self) | 0x2020_2020_2020_2020
            guard word == wanted.loadUnaligned(fromByteOffset: index, as: UInt64.self) else { return false }
            index += 8
        }
        while index < length {
            guard base.load(fromByteOffset: index, as: UInt8.self) | 0x20 == wanted.load(fromByteOffset: index, as: UInt8.self) else {
                return false
            }
            index += 1
        }
        return true
    }

    /// Whether the text is made of these bytes.
    @inline(__always)
    static func isSame(_ text: String, _ bytes: UnsafeRawBufferPointer) -> Bool {
        var text = text
        return text.withUTF8 { $0.count == bytes.count && UnsafeRawBufferPointer($0).elementsEqualBytes(bytes) }
    }
}

extension UnsafeRawBufferPointer {
    @inline(__always)
    fileprivate func elementsEqualBytes(_ other: UnsafeRawBufferPointer) -> Bool {
        guard let one = baseAddress, let two = other.baseAddress else { return true }
        return memcmp(one, two, count) == 0
    }
}
