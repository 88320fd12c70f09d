/// Eight bytes at once (SIMD within a register), for the search through strings.
///
/// The high bit of a byte in each mask says that the byte matches. Borrows can make a *later* byte match by
/// mistake, never an earlier one, so only the first match is meaningful, and that is all that is asked.
enum ByteWord {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highs: UInt64 = 0x8080_8080_8080_8080

    /// Bytes that end a plain run in a JSON string: quote, backslash, control characters and all beyond ASCII.
    @inline(__always)
    static func special(_ word: UInt64) -> UInt64 {
        let quote = word ^ (ones &* 0x22)
        let backslash = word ^ (ones &* 0x5C)
        let found =
            ((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash)
            | ((word &- (ones &* 0x20)) & ~word) | word
        return found & highs
    }

    /// How many bytes stand before the first match of a mask that is not zero.
    @inline(__always)
    static func bytesBeforeMatch(_ mask: UInt64) -> Int { mask.trailingZeroBitCount >> 3 }

    /// Length of the plain run at `at`, that is up to a special byte or to `end`.
    @inline(__always)
    static func plainRun(_ base: UnsafeRawPointer, from at: Int, to end: Int) -> Int {
        var position = at
        while position &+ 8 <= end {
            let word = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            let mask = special(word)
            if mask != 0 { return position &+ bytesBeforeMatch(mask) &- at }
            position &+= 8
        }
        while position < end {
            let byte = base.load(fromByteOffset: position, as: UInt8.self)
            if byte < 0x20 || byte >= 0x80 || byte == 0x22 || byte == 0x5C { break }
            position &+= 1
        }
        return position &- at
    }

    /// Whether `count` bytes at two places are the same.
    @inline(__always)
    static func equal(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer, count: Int) -> Bool {
        var position = 0
        while position &+ 8 <= count {
            let difference =
                left.loadUnaligned(fromByteOffset: position, as: UInt64.self)
                ^ right.loadUnaligned(fromByteOffset: position, as: UInt64.self)
            if difference != 0 { return false }
            position &+= 8
        }
        while position < count {
            if left.load(fromByteOffset: position, as: UInt8.self)
                != right.load(fromByteOffset: position, as: UInt8.self)
            {
                return false
            }
            position &+= 1
        }
        return true
    }
}
