/// Which labels internationalized names may have (RFC 5891, RFC 5892).
enum IDNALabel {
    static func accepts(_ label: [Unicode.Scalar]) -> Bool {
        guard let first = label.first, first != "-", label.last != "-" else { return false }
        if label.count >= 4, label[2] == "-", label[3] == "-" { return false }
        switch first.properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: return false
        default: break
        }
        let hasArabicDigits = label.contains { 0x660...0x669 ~= $0.value }
        let hasExtendedDigits = label.contains { 0x6F0...0x6F9 ~= $0.value }
        if hasArabicDigits, hasExtendedDigits { return false }
        return label.indices.allSatisfy { isAllowed(label, $0) }
    }

    private static func isAllowed(_ label: [Unicode.Scalar], _ at: Int) -> Bool {
        let scalar = label[at]
        let before = at > 0 ? label[at - 1] : nil
        let after = at + 1 < label.count ? label[at + 1] : nil
        switch scalar.value {
        case 0x2D, 0x30...0x39, 0x61...0x7A: return true
        case 0xDF, 0x3C2, 0x6FD, 0x6FE, 0xF0B, 0x3007: return true
        case 0x640, 0x7FA, 0x302E, 0x302F, 0x3031...0x3035, 0x303B: return false
        case 0xB7: return before == "l" && after == "l"
        case 0x375: return after.map(isGreek) == true
        case 0x5F3, 0x5F4: return before.map { 0x591...0x5F4 ~= $0.value } == true
        case 0x30FB: return label.contains(where: isJapanese)
        case 0x200C: return before.map(isVirama) == true || joins(label, at)
        case 0x200D: return before.map(isVirama) == true
        default: return isStable(scalar)
        }
    }

    /// Letters, digits and marks that no normalization changes.
    private static func isStable(_ scalar: Unicode.Scalar) -> Bool {
        let properties = scalar.properties
        if properties.changesWhenNFKCCaseFolded || properties.isDefaultIgnorableCodePoint || properties.isWhitespace { return false }
        // Hangul is written in whole syllables.
        if 0x1100...0x11FF ~= scalar.value || 0xA960...0xA97F ~= scalar.value || 0xD7B0...0xD7FF ~= scalar.value { return false }
        switch properties.generalCategory {
        case .lowercaseLetter, .otherLetter, .modifierLetter, .nonspacingMark, .spacingMark, .decimalNumber: return true
        default: return false
        }
    }

    private static func isVirama(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.canonicalCombiningClass == .virama }

    private static func isGreek(_ scalar: Unicode.Scalar) -> Bool {
        0x370...0x3FF ~= scalar.value || 0x1F00...0x1FFF ~= scalar.value
    }

    /// Hiragana, Katakana or Han.
    private static func isJapanese(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x3041...0x309F, 0x30A1...0x30FA, 0x30FC...0x30FF, 0x31F0...0x31FF: true
        case 0x3005, 0x3007, 0x3021...0x3029, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x3FFFF: true
        default: false
        }
    }

    /// Whether a zero width non-joiner parts two letters that would join: decided for Arabic, where it is in use.
    private static func joins(_ label: [Unicode.Scalar], _ at: Int) -> Bool {
        let isMark: (Unicode.Scalar) -> Bool = { $0.properties.generalCategory == .nonspacingMark }
        guard let before = label[..<at].last(where: { !isMark($0) }), let after = label[(at + 1)...].first(where: { !isMark($0) }) else {
            return false
        }
        return isArabic(before) && isArabic(after) && !joinsOnlyBackwards(before)
    }

    private static func isArabic(_ scalar: Unicode.Scalar) -> Bool {
        0x622...0x64A ~= scalar.value || 0x66E...0x6D3 ~= scalar.value || 0x750...0x77F ~= scalar.value
    }

    private static func joinsOnlyBackwards(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x622...0x625, 0x627, 0x629, 0x62F...0x632, 0x648, 0x671...0x673, 0x675...0x677, 0x688...0x699, 0x6C0, 0x6C3...0x6CB,
            0x6CD, 0x6CF, 0x6D2, 0x6D3:
            true
        default: false
        }
    }
}
