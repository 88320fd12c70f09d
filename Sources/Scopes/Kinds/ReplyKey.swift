internal import CLinux

/// The name of a reply slot: 128 random bits from the kernel, so that nobody can guess one.
struct ReplyKey: Hashable, Sendable {
    private let high: UInt64
    private let low: UInt64

    /// How many of the latest ended slots the registry tells from strangers.
    static let remembered = 1024

    static func random() -> ReplyKey {
        var words: (UInt64, UInt64) = (0, 0)
        let code = withUnsafeMutableBytes(of: &words) { ambit_linux_random($0.baseAddress, $0.count) }
        // The call fails only for a bad address, or on kernels that the reactor can't run on either.
        precondition(code == 0, "the kernel gives no random bytes")
        return ReplyKey(high: words.0, low: words.1)
    }

    private init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Nil for anything but 32 hexadecimal digits as `text` writes them.
    init?(_ text: String) {
        var words: (UInt64, UInt64) = (0, 0)
        var count = 0
        for byte in text.utf8 {
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            default: return nil
            }
            words.0 = words.0 << 4 | words.1 >> 60
            words.1 = words.1 << 4 | UInt64(digit)
            count += 1
            if count > 32 { return nil }
        }
        guard count == 32 else { return nil }
        self.init(high: words.0, low: words.1)
    }

    var text: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(unsafeUninitializedCapacity: 32) { buffer in
            for position in 0..<32 {
                let word = position < 16 ? high : low
                buffer[position] = digits[Int(word >> UInt64(60 - position % 16 * 4) & 15)]
            }
            return 32
        }
    }
}
