/// A value of a configuration file, with the line that it begins on (1 is the first).
indirect enum YAMLNode: Sendable {
    /// `isPlain`: written without quotes, so that it may be a number, a boolean or null.
    case scalar(String, isPlain: Bool, line: Int)
    case sequence([YAMLNode], line: Int)
    /// In the order of the file; keys are unique.
    case mapping([Member], line: Int)
    /// What the reader has complained of, and whose value is therefore not known.
    case refused(line: Int)

    struct Member: Sendable {
        let key: String
        let line: Int
        let value: YAMLNode
    }

    var line: Int {
        switch self {
        case .scalar(_, _, let line), .sequence(_, let line), .mapping(_, let line), .refused(let line): line
        }
    }

    /// What it is, for messages.
    var kind: String {
        switch self {
        case .scalar: isNull ? "empty" : "a single value"
        case .sequence: "a list"
        case .mapping: "a mapping"
        case .refused: "refused"
        }
    }

    var isRefused: Bool {
        if case .refused = self { true } else { false }
    }

    /// Nothing was written, or `null` or `~`.
    var isNull: Bool {
        guard case .scalar(let text, true, _) = self else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }
}
