/// Names of RFC 1123, and internationalized ones of RFC 5890.
enum HostnameFormat {
    static func accepts(_ text: ArraySlice<UInt8>, allowingUnicode: Bool) -> Bool {
        guard !text.isEmpty, text.count <= 1024 else { return false }
        guard text.contains(where: { $0 >= 0x80 }) || allowingUnicode else { return isASCIIName(text) }
        guard allowingUnicode else { return false }
        var labels: [[Unicode.Scalar]] = [[]]
        for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
            switch scalar {
            case ".", "\u{3002}", "\u{FF0E}", "\u{FF61}": labels.append([])
            default: labels[labels.count - 1].append(scalar)
            }
        }
        var total = labels.count - 1
        var decoded: [[Unicode.Scalar]] = []
        for label in labels {
            guard let checked = unicodeLabel(label) else { return false }
            decoded.append(checked.label)
            total += checked.encodedLength
        }
        return total <= 253 && BidiRule.accepts(decoded)
    }

    private static func isASCIIName(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.count <= 253 else { return false }
        return text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
            guard isLDH(label) else { return false }
            guard hasTag(label) else { return true }
            guard let decoded = punycode(label) else { return false }
            return IDNALabel.accepts(decoded) && BidiRule.accepts([decoded])
        }
    }

    /// Letters, digits and hyphens, none of these at the ends.
    private static func isLDH(_ label: ArraySlice<UInt8>) -> Bool {
        1...63 ~= label.count && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
            && label.allSatisfy { FormatCursor.isLetter($0) || FormatCursor.isDigit($0) || $0 == UInt8(ascii: "-") }
    }

    private static func hasTag(_ label: ArraySlice<UInt8>) -> Bool {
        label.count >= 4 && label.prefix(4).map { $0 | 0x20 }.elementsEqual("xn--".utf8.map { $0 | 0x20 })
    }

    /// What an A-label stands for; nil for what is no A-label.
    private static func punycode(_ label: ArraySlice<UInt8>) -> [Unicode.Scalar]? {
        let lower = label.dropFirst(4).map { FormatCursor.isLetter($0) ? $0 | 0x20 : $0 }
        guard let decoded = Punycode.decoded(lower), decoded.contains(where: { $0.value >= 0x80 }) else { return nil }
        return Punycode.encoded(decoded) == lower ? decoded : nil
    }

    private static func unicodeLabel(_ label: [Unicode.Scalar]) -> (label: [Unicode.Scalar], encodedLength: Int)? {
        if label.allSatisfy({ $0.value < 0x80 }) {
            let bytes = label.map { UInt8($0.value) }[...]
            guard isLDH(bytes) else { return nil }
            guard hasTag(bytes) else { return (label, bytes.count) }
            guard let decoded = punycode(bytes), IDNALabel.accepts(decoded) else { return nil }
            return (decoded, bytes.count)
        }
        guard IDNALabel.accepts(label), let encoded = Punycode.encoded(label), encoded.count + 4 <= 63 else { return nil }
        return (label, encoded.count + 4)
    }
}
