/// A value of a file, with the line that it begins on (1 is the first).
package indirect enum YAMLNode: Sendable {
    /// `isPlain`: written without quotes, so that it may be a number, a boolean or null.
    case scalar(String, isPlain: Bool, line: Int)
    case sequence([YAMLNode], line: Int)
    /// In the order of the file; keys are unique.
    case mapping([Member], line: Int)
    /// What the reader has complained of, and whose value is therefore not known.
    case refused(line: Int)

    package struct Member: Sendable {
        package let key: String
        package let line: Int
        package let value: YAMLNode
    }

    package var line: Int {
        switch self {
        case .scalar(_, _, let line), .sequence(_, let line), .mapping(_, let line), .refused(let line): line
        }
    }

    /// What it is, for messages.
    package var kind: String {
        switch self {
        case .scalar: isNull ? "empty" : "a single value"
        case .sequence: "a list"
        case .mapping: "a mapping"
        case .refused: "refused"
        }
    }

    package var isRefused: Bool {
        if case .refused = self { true } else { false }
    }

    /// Nothing was written, or `null` or `~`.
    package var isNull: Bool {
        guard case .scalar(let text, true, _) = self else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }
}
