extension DecimalNumber {
    /// Below zero, zero or above, as this number is less than, equal to or greater than the other.
    func compared(to other: DecimalNumber) -> Int {
        if isZero || other.isZero || isNegative != other.isNegative { return sign - other.sign }
        let magnitude = comparedMagnitude(other)
        return isNegative ? -magnitude : magnitude
    }

    private var sign: Int { isZero ? 0 : isNegative ? -1 : 1 }

    private func comparedMagnitude(_ other: DecimalNumber) -> Int {
        let leading = scale + digits
        let otherLeading = other.scale + other.digits
        if leading != otherLeading { return leading < otherLeading ? -1 : 1 }
        var mine = first
        var theirs = other.first
        for _ in 0..<min(digits, other.digits) {
            if text[mine] == UInt8(ascii: ".") { mine += 1 }
            if other.text[theirs] == UInt8(ascii: ".") { theirs += 1 }
            if text[mine] != other.text[theirs] { return text[mine] < other.text[theirs] ? -1 : 1 }
            mine += 1
            theirs += 1
        }
        return digits == other.digits ? 0 : digits < other.digits ? -1 : 1
    }

    /// Feeds what equal numbers have in common, however they are written.
    func hash(into hasher: inout Hasher) {
        hasher.combine(isNegative)
        hasher.combine(digits)
        guard !isZero else { return }
        hasher.combine(scale)
        forEachDigit { digit in
            hasher.combine(digit)
            return true
        }
    }
}
