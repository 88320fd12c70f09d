/// Characters beyond ASCII in letters and digits (RFC 3492).
enum Punycode {
    private static let base = 36

    static func decoded(_ text: [UInt8]) -> [Unicode.Scalar]? {
        var output: [Unicode.Scalar] = []
        var at = 0
        if let hyphen = text.lastIndex(of: UInt8(ascii: "-")) {
            output = text[..<hyphen].map { Unicode.Scalar($0) }
            at = hyphen + 1
        }
        var scalar = 128
        var position = 0
        var bias = 72
        while at < text.count {
            let before = position
            var weight = 1
            var k = base
            while true {
                guard at < text.count, let digit = value(text[at]) else { return nil }
                at += 1
                position += digit * weight
                guard position < 1 << 32 else { return nil }
                let threshold = min(max(k - bias, 1), 26)
                if digit < threshold { break }
                weight *= base - threshold
                guard weight < 1 << 32 else { return nil }
                k += base
            }
            bias = adapted(position - before, output.count + 1, isFirst: before == 0)
            scalar += position / (output.count + 1)
            position %= output.count + 1
            guard let character = UInt32(exactly: scalar).flatMap(Unicode.Scalar.init) else { return nil }
            output.insert(character, at: position)
            position += 1
        }
        return output
    }

    /// Nil for what would be too long for a label anyway.
    static func encoded(_ text: [Unicode.Scalar]) -> [UInt8]? {
        guard text.count <= 256 else { return nil }
        var output = text.filter { $0.value < 0x80 }.map { UInt8($0.value) }
        let basic = output.count
        var handled = basic
        if basic > 0 { output.append(UInt8(ascii: "-")) }
        var scalar = 128
        var delta = 0
        var bias = 72
        while handled < text.count {
            let next = text.lazy.map { Int($0.value) }.filter { $0 >= scalar }.min() ?? scalar
            delta += (next - scalar) * (handled + 1)
            scalar = next
            for character in text {
                if Int(character.value) < scalar { delta += 1 }
                guard Int(character.value) == scalar else { continue }
                var rest = delta
                var k = base
                while true {
                    let threshold = min(max(k - bias, 1), 26)
                    if rest < threshold { break }
                    output.append(digit(threshold + (rest - threshold) % (base - threshold)))
                    rest = (rest - threshold) / (base - threshold)
                    k += base
                }
                output.append(digit(rest))
                bias = adapted(delta, handled + 1, isFirst: handled == basic)
                delta = 0
                handled += 1
            }
            delta += 1
            scalar += 1
        }
        return output
    }

    private static func value(_ byte: UInt8) -> Int? {
        if FormatCursor.isDigit(byte) { return Int(byte - UInt8(ascii: "0")) + 26 }
        return FormatCursor.isLetter(byte) ? Int(byte | 0x20 - UInt8(ascii: "a")) : nil
    }

    private static func digit(_ value: Int) -> UInt8 { UInt8(value < 26 ? value + 97 : value - 26 + 48) }

    private static func adapted(_ delta: Int, _ count: Int, isFirst: Bool) -> Int {
        var delta = isFirst ? delta / 700 : delta / 2
        delta += delta / count
        var k = 0
        while delta > 455 {
            delta /= 35
            k += base
        }
        return k + 36 * delta / (delta + 38)
    }
}
