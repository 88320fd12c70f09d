internal import JSON

/// A JSON number as it is written, ready to be compared without losing a digit.
///
/// Exponents beyond 10^15 count as 10^15: no two numbers that a document of 4 GiB can hold are confused otherwise.
struct DecimalNumber: Sendable {
    let text: ArraySlice<UInt8>
    let isNegative: Bool
    /// Where the first significant digit stands in the text.
    let first: Int
    /// Digits from the first to the last that is not zero; 0 for zero.
    let digits: Int
    /// The power of ten of the last significant digit.
    let scale: Int

    static let largestExponent = 1_000_000_000_000_000

    var isZero: Bool { digits == 0 }
    var isInteger: Bool { digits == 0 || scale >= 0 }

    /// - Parameter text: a valid JSON number.
    init(_ text: ArraySlice<UInt8>) {
        var negative = false
        var first: Int?
        var digits = 0
        var zeros = 0
        var fraction = 0
        var inFraction = false
        var at = text.startIndex
        if at < text.endIndex, text[at] == UInt8(ascii: "-") {
            negative = true
            at += 1
        }
        while at < text.endIndex {
            let byte = text[at]
            if byte == UInt8(ascii: ".") {
                inFraction = true
            } else if byte == UInt8(ascii: "0") {
                if inFraction { fraction += 1 }
                if first != nil { zeros += 1 }
            } else if byte > UInt8(ascii: "9") {
                break
            } else {
                if inFraction { fraction += 1 }
                if first == nil { first = at }
                digits += zeros + 1
                zeros = 0
            }
            at += 1
        }
        self.text = text
        self.isNegative = negative && first != nil
        self.first = first ?? text.startIndex
        self.digits = digits
        scale = Self.exponent(text, behind: at) - fraction + zeros
    }

    init?(_ value: JSONValue) {
        guard value.kind == .number else { return nil }
        self.init(value.raw)
    }

    private static func exponent(_ text: ArraySlice<UInt8>, behind start: Int) -> Int {
        var at = start + 1
        guard at < text.endIndex else { return 0 }
        var negative = false
        if text[at] == UInt8(ascii: "-") || text[at] == UInt8(ascii: "+") {
            negative = text[at] == UInt8(ascii: "-")
            at += 1
        }
        var value = 0
        while at < text.endIndex {
            value = min(value * 10 + Int(text[at] & 0xF), largestExponent)
            at += 1
        }
        return negative ? -value : value
    }

    /// Calls `body` with each significant digit, the highest first, until it says false.
    @inline(__always)
    func forEachDigit(_ body: (UInt8) -> Bool) {
        var at = first
        var left = digits
        while left > 0 {
            let byte = text[at]
            at += 1
            if byte == UInt8(ascii: ".") { continue }
            left -= 1
            guard body(byte & 0xF) else { return }
        }
    }
}
