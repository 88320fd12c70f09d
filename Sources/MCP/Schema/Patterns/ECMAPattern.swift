/// Translates a regular expression of ECMA-262 (with the flag `u`) into one that means the same to PCRE2.
///
/// What only PCRE2 knows, such as `(?i)`, `(*VERB)`, `\A` or `a++`, is refused: a schema that uses it would mean
/// something else to the client that reads it. Escaped punctuation stands for itself, as it does without the flag.
struct ECMAPattern {
    private(set) var translated: [UInt8] = []
    /// Whether something repeats without end, so that a search may cost the square of the text's length.
    private(set) var repeatsWithoutEnd = false

    let source: [UInt8]
    var at = 0

    /// White space as `\s` means it, for use inside a class.
    static let space = #"\x{9}-\x{d}\x{20}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}"#
    static let notSpace =
        #"\x{0}-\x{8}\x{e}-\x{1f}\x{21}-\x{9f}\x{a1}-\x{167f}\x{1681}-\x{1fff}\x{200b}-\x{2027}\x{202a}-\x{202e}"#
        + #"\x{2030}-\x{205e}\x{2060}-\x{2fff}\x{3001}-\x{fefe}\x{ff00}-\x{10ffff}"#

    init(_ source: [UInt8]) throws(PatternError) {
        self.source = source
        translated.reserveCapacity(source.count + 16)
        // Whether there is something that a quantifier could repeat.
        var isQuantifiable = false
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: "\\"):
                isQuantifiable = try escape(inClass: false)
            case UInt8(ascii: "["):
                try characterClass()
                isQuantifiable = true
            case UInt8(ascii: "("):
                try group()
                isQuantifiable = false
            case UInt8(ascii: "."):
                at += 1
                put(#"[^\n\r\x{2028}\x{2029}]"#)
                isQuantifiable = true
            case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"), UInt8(ascii: "{"):
                guard try quantifier(isQuantifiable) else {
                    // A brace that begins no quantifier stands for itself.
                    at += 1
                    put(#"\{"#)
                    isQuantifiable = true
                    continue
                }
                isQuantifiable = false
            default:
                at += 1
                translated.append(byte)
                isQuantifiable = !(byte == UInt8(ascii: "|") || byte == UInt8(ascii: "^") || byte == UInt8(ascii: "$"))
            }
        }
    }

    func peek(_ ahead: Int = 0) -> UInt8? { at + ahead < source.count ? source[at + ahead] : nil }

    mutating func put(_ text: String) { translated.append(contentsOf: text.utf8) }

    mutating func put(_ byte: UInt8) { translated.append(byte) }

    func wrong(_ what: String, at offset: Int? = nil) -> PatternError { PatternError(offset: offset ?? at, what: what) }

    /// `(`, `(?:`, `(?=`, `(?!`, `(?<=`, `(?<!` and `(?<name>`.
    private mutating func group() throws(PatternError) {
        let start = at
        at += 1
        put(UInt8(ascii: "("))
        if peek() == UInt8(ascii: "*") { throw wrong("there is nothing that '*' could repeat") }
        guard peek() == UInt8(ascii: "?") else { return }
        at += 1
        switch peek() {
        case UInt8(ascii: ":"), UInt8(ascii: "="), UInt8(ascii: "!"): break
        case UInt8(ascii: "<"):
            if peek(1) != UInt8(ascii: "="), peek(1) != UInt8(ascii: "!") { try groupName(start) }
        default: throw wrong("ECMA-262 has no group of this kind, only (?:, (?=, (?!, (?<=, (?<! and (?<name>", at: start)
        }
        put(UInt8(ascii: "?"))
    }

    /// Looks ahead only: the name is copied like all other text.
    private func groupName(_ start: Int) throws(PatternError) {
        var end = at + 1
        while end < source.count, source[end] != UInt8(ascii: ">") { end += 1 }
        guard end < source.count, end > at + 1 else { throw wrong("the name of this group has no end", at: start) }
    }

    /// False where a brace is no quantifier.
    private mutating func quantifier(_ isQuantifiable: Bool) throws(PatternError) -> Bool {
        let start = at
        var end = at + 1
        if source[at] == UInt8(ascii: "{") {
            func digits() { while end < source.count, isDigit(source[end]) { end += 1 } }
            digits()
            guard end > at + 1 else { return false }
            var endless = false
            if end < source.count, source[end] == UInt8(ascii: ",") {
                end += 1
                let before = end
                digits()
                endless = end == before
            }
            guard end < source.count, source[end] == UInt8(ascii: "}") else { return false }
            end += 1
            if endless { repeatsWithoutEnd = true }
        } else if source[at] != UInt8(ascii: "?") {
            repeatsWithoutEnd = true
        }
        guard isQuantifiable else {
            throw wrong("there is nothing that '\(String(decoding: source[start..<end], as: UTF8.self))' could repeat", at: start)
        }
        translated.append(contentsOf: source[start..<end])
        at = end
        if peek() == UInt8(ascii: "?") {
            at += 1
            put(UInt8(ascii: "?"))
        }
        return true
    }

    private func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
}
