/// Writes into a piece of memory from its beginning. The space is checked with each write, and once for each piece.
struct ByteCursor {
    private let space: UnsafeMutableRawBufferPointer
    /// Bytes that were written.
    private(set) var count = 0

    init(_ space: UnsafeMutableRawBufferPointer) { self.space = space }

    @inline(__always)
    mutating func write(_ bytes: UnsafeRawBufferPointer) {
        precondition(bytes.count <= space.count - count, "the space was measured too small")
        guard let from = bytes.baseAddress, let base = space.baseAddress else { return }
        (base + count).copyMemory(from: from, byteCount: bytes.count)
        count += bytes.count
    }

    @inline(__always)
    mutating func write(_ text: StaticString) {
        write(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    mutating func write(_ bytes: [UInt8]) { bytes.withUnsafeBytes { write($0) } }

    mutating func write(_ text: String) {
        var text = text
        text.withUTF8 { write(UnsafeRawBufferPointer($0)) }
    }

    mutating func write(decimal number: Int) { write(number, base: 10) }

    /// In lower case, as many digits as it takes.
    mutating func write(hexadecimal number: Int) { write(number, base: 16) }

    @inline(__always)
    private mutating func write(_ number: Int, base: Int) {
        withUnsafeTemporaryAllocation(byteCount: 20, alignment: 1) { digits in
            var rest = number
            var at = 20
            repeat {
                at -= 1
                let digit = UInt8(rest % base)
                digits[at] = digit < 10 ? 48 + digit : 87 + digit
                rest /= base
            } while rest > 0
            write(UnsafeRawBufferPointer(rebasing: digits[at...]))
        }
    }
}
