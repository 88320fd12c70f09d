/// The number of a `multipleOf`: divides exactly, whatever the digits.
///
/// With the value m * 10^e and the divisor n * 10^f, neither m nor n ending in 0: below e = f nothing but zero is a
/// multiple; else n must divide m * 10^(e - f), where no more tens matter than n has bits.
struct DecimalDivisor: Sendable {
    /// The most digits of a divisor; a value's digits are not bounded.
    static let maxDigits = 512

    private let scale: Int
    /// The digits as a number, where it fits with room for a factor of ten.
    private let small: UInt64?
    /// The digits as a number, lowest 32 bits first.
    private let limbs: [UInt32]

    /// - Parameter number: above zero, of at most ``maxDigits``.
    init(_ number: DecimalNumber) {
        var limbs: [UInt32] = []
        number.forEachDigit { digit in
            var carry = UInt64(digit)
            for index in limbs.indices {
                let product = UInt64(limbs[index]) * 10 + carry
                limbs[index] = UInt32(truncatingIfNeeded: product)
                carry = product >> 32
            }
            if carry != 0 { limbs.append(UInt32(carry)) }
            return true
        }
        scale = number.scale
        self.limbs = limbs
        let value = limbs.count > 2 ? UInt64.max : limbs.reversed().reduce(0) { $0 << 32 | UInt64($1) }
        small = value < UInt64.max / 16 ? value : nil
    }

    /// Steps that ``divides(_:)`` costs.
    func cost(of value: DecimalNumber) -> Int { (value.digits / 8 + limbs.count * 4) * (1 + limbs.count / 2) }

    func divides(_ value: DecimalNumber) -> Bool {
        if value.isZero { return true }
        let tens = value.scale - scale
        guard tens >= 0 else { return false }
        let zeros = min(tens, limbs.count * 32)
        if let small { return remainder(value, zeros, small) == 0 }
        return largeRemainderIsZero(value, zeros)
    }

    private func remainder(_ value: DecimalNumber, _ zeros: Int, _ divisor: UInt64) -> UInt64 {
        var rest: UInt64 = 0
        value.forEachDigit { digit in
            rest = (rest * 10 + UInt64(digit)) % divisor
            return true
        }
        for _ in 0..<zeros where rest != 0 { rest = rest * 10 % divisor }
        return rest
    }

    private func largeRemainderIsZero(_ value: DecimalNumber, _ zeros: Int) -> Bool {
        // One limb more than the divisor holds ten times anything below it.
        var rest = [UInt32](repeating: 0, count: limbs.count + 1)
        value.forEachDigit { digit in
            append(digit, to: &rest)
            return true
        }
        for _ in 0..<zeros { append(0, to: &rest) }
        return rest.allSatisfy { $0 == 0 }
    }

    private func append(_ digit: UInt8, to rest: inout [UInt32]) {
        var carry = UInt64(digit)
        for index in rest.indices {
            let product = UInt64(rest[index]) * 10 + carry
            rest[index] = UInt32(truncatingIfNeeded: product)
            carry = product >> 32
        }
        while isAtLeastDivisor(rest) {
            var borrow: UInt64 = 0
            for index in rest.indices {
                let subtrahend = (index < limbs.count ? UInt64(limbs[index]) : 0) + borrow
                let minuend = UInt64(rest[index])
                borrow = minuend < subtrahend ? 1 : 0
                rest[index] = UInt32(truncatingIfNeeded: minuend &- subtrahend)
            }
        }
    }

    private func isAtLeastDivisor(_ rest: [UInt32]) -> Bool {
        if rest[limbs.count] != 0 { return true }
        for index in limbs.indices.reversed() where rest[index] != limbs[index] { return rest[index] > limbs[index] }
        return true
    }
}
