extension JSONTape {
    /// One value or key, in 16 bytes.
    struct Entry: Sendable, BitwiseCopyable {
        /// First byte of the value in the document; for a string its opening quote.
        var offset: UInt32
        /// Bytes of the value; for a string with both quotes, for a container with both brackets.
        var length: UInt32
        /// Tape index behind this value and all that is in it. While a container is being scanned: its parent.
        var next: UInt32
        /// Kind in the low 4 bits, flags in the next 4, members or elements in the upper 24 (saturating).
        var info: UInt32

        static let escaped: UInt32 = 1 << 4
        static let integer: UInt32 = 1 << 5
        static let truth: UInt32 = 1 << 6
        static let maxCount: UInt32 = 1 << 24 - 1
        /// The `next` of an open root: it has no parent.
        static let noParent = UInt32.max

        init(_ kind: JSONValue.Kind, offset: Int, length: Int, next: Int, flags: UInt32 = 0) {
            self.offset = UInt32(truncatingIfNeeded: offset)
            self.length = UInt32(truncatingIfNeeded: length)
            self.next = UInt32(truncatingIfNeeded: next)
            self.info = UInt32(kind.rawValue) | flags
        }

        var kind: JSONValue.Kind { JSONValue.Kind(rawValue: UInt8(info & 0xF)).unsafelyUnwrapped }
        /// A string that contains at least one escape.
        var isEscaped: Bool { info & Self.escaped != 0 }
        /// A number without fraction and exponent.
        var isInteger: Bool { info & Self.integer != 0 }
        var isTrue: Bool { info & Self.truth != 0 }
        /// Members or elements; nil when there are too many for the field.
        var count: Int? { info >> 8 == Self.maxCount ? nil : Int(info >> 8) }

        mutating func countOne() {
            if info >> 8 != Self.maxCount { info &+= 1 << 8 }
        }
    }
}
