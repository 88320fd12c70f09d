/// Reads decimal text as a whole number without going through floating point.
enum JSONInteger {
    /// The exact value of a valid JSON number, or nil when it has a fraction or doesn't fit in 64 bits.
    static func exact(_ text: some Sequence<UInt8>) -> Int64? {
        var negative = false
        var magnitude: UInt64 = 0
        var pendingZeros = 0
        var fractionDigits = 0
        var exponent = 0
        var exponentNegative = false
        var part = Part.whole
        for byte in text {
            switch byte {
            case UInt8(ascii: "-"): if part == .exponent { exponentNegative = true } else { negative = true }
            case UInt8(ascii: "+"): break
            case UInt8(ascii: "."): part = .fraction
            case UInt8(ascii: "e"), UInt8(ascii: "E"): part = .exponent
            default:
                let digit = UInt64(byte &- UInt8(ascii: "0"))
                if part == .exponent {
                    exponent = min(exponent * 10 + Int(digit), 1 << 40)
                    continue
                }
                if part == .fraction { fractionDigits += 1 }
                // Zeros count only when a digit follows them, so that 1.000…0 needs no room.
                if digit == 0 {
                    pendingZeros += 1
                    continue
                }
                guard let shifted = shift(magnitude, by: pendingZeros + 1) else { return nil }
                let (sum, overflow) = shifted.addingReportingOverflow(digit)
                guard !overflow else { return nil }
                magnitude = sum
                pendingZeros = 0
            }
        }
        guard magnitude != 0 else { return 0 }
        let scale = (exponentNegative ? -exponent : exponent) - fractionDigits + pendingZeros
        guard scale >= 0, let value = shift(magnitude, by: scale) else { return nil }
        if negative { return value <= UInt64(Int64.max) + 1 ? Int64(truncatingIfNeeded: 0 &- value) : nil }
        return Int64(exactly: value)
    }

    private enum Part { case whole, fraction, exponent }

    /// `value` times ten to the power of `places`, where that fits.
    private static func shift(_ value: UInt64, by places: Int) -> UInt64? {
        guard value != 0 else { return 0 }
        guard places < 20 else { return nil }
        var result = value
        for _ in 0..<places {
            let (product, overflow) = result.multipliedReportingOverflow(by: 10)
            guard !overflow else { return nil }
            result = product
        }
        return result
    }
}
