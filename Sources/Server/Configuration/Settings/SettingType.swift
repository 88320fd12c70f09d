/// What a setting takes, and how it is read from text.
package enum SettingType: Sendable {
    case text
    case choice([String])
    case integer(ClosedRange<Int>)
    case number(ClosedRange<Double>)
    /// Nanoseconds.
    case duration(ClosedRange<Int64>)
    case bytes(ClosedRange<Int>)
    case toggle
    /// A text that may be missing; what it is, for people.
    case optional(String)
    /// A bearer token, or none; never shown.
    case secret
    /// A list in the file, a flag that may be given several times, a variable with this between the elements.
    case list(separator: Character)
    /// In the file a mapping of names to lists of texts; elsewhere a list of `name=text text`.
    case mapping

    /// Nil where the text is no such value, or one out of range.
    func parse(_ text: String) -> SettingValue? {
        switch self {
        case .text: text.isEmpty ? nil : .text(text)
        case .choice(let names): names.contains(text.lowercased()) ? .text(text.lowercased()) : nil
        case .integer(let range): Int(text).flatMap { range.contains($0) ? .integer($0) : nil }
        case .number(let range): Double(text).flatMap { range.contains($0) ? .number($0) : nil }
        case .duration(let range): DurationText.parse(text).flatMap { range.contains($0) ? .duration($0) : nil }
        case .bytes(let range): ByteCountText.parse(text).flatMap { range.contains($0) ? .bytes($0) : nil }
        case .toggle:
            switch text.lowercased() {
            case "true", "yes", "on", "1": .toggle(true)
            case "false", "no", "off", "0": .toggle(false)
            default: nil
            }
        case .optional: .text(text)
        case .secret: text.isEmpty || (text.utf8.count >= 16 && ResourceServer.isToken(text)) ? .text(text) : nil
        case .list, .mapping: nil
        }
    }

    /// What is expected, for messages and documentation.
    package var expected: String {
        switch self {
        case .text: "a text"
        case .choice(let names): "one of \(names.joined(separator: ", "))"
        case .integer(let range): "a number from \(range.lowerBound) to \(range.upperBound)"
        case .number(let range):
            "a number from \(SettingValue.number(range.lowerBound).text) to \(SettingValue.number(range.upperBound).text)"
        case .duration(let range):
            "a duration like 500ms, 2s, 30m or 4h, from \(DurationText.write(range.lowerBound)) to \(DurationText.write(range.upperBound))"
        case .bytes(let range):
            "a size like 64KiB or 1MiB, from \(ByteCountText.write(range.lowerBound)) to \(ByteCountText.write(range.upperBound))"
        case .toggle: "true or false"
        case .optional(let what): what
        case .secret: "at least 16 letters, digits and -._~+/"
        case .list: "a list"
        case .mapping: "a mapping of names to lists of scopes"
        }
    }

    var isList: Bool {
        switch self {
        case .list, .mapping: true
        default: false
        }
    }

    /// Whether nothing is a value of it.
    var mayBeMissing: Bool {
        switch self {
        case .optional, .secret: true
        default: false
        }
    }

    var isSecret: Bool {
        if case .secret = self { true } else { false }
    }
}
