/// One encoded character beyond ASCII, checked by the table of the Unicode Standard (3-7: no overlong form, no
/// surrogate, nothing above U+10FFFF).
struct UTF8Sequence {
    /// Bytes that belong together: the whole character, or the longest correct beginning of a broken one.
    let length: Int
    let isValid: Bool

    /// Reads the sequence at `at`; the byte there is 0x80 or above, and `at < end`.
    @inline(__always)
    init(_ base: UnsafeRawPointer, at: Int, end: Int) {
        let lead = base.load(fromByteOffset: at, as: UInt8.self)
        let needed: Int
        var low: UInt8 = 0x80
        var high: UInt8 = 0xBF
        switch lead {
        case 0xC2...0xDF: needed = 2
        case 0xE0: (needed, low) = (3, 0xA0)
        case 0xED: (needed, high) = (3, 0x9F)
        case 0xE1...0xEF: needed = 3
        case 0xF0: (needed, low) = (4, 0x90)
        case 0xF1...0xF3: needed = 4
        case 0xF4: (needed, high) = (4, 0x8F)
        default:
            (length, isValid) = (1, false)
            return
        }
        var read = 1
        while read < needed, at &+ read < end {
            let byte = base.load(fromByteOffset: at &+ read, as: UInt8.self)
            if byte < low || byte > high { break }
            (low, high) = (0x80, 0xBF)
            read &+= 1
        }
        (length, isValid) = (read, read == needed)
    }
}
