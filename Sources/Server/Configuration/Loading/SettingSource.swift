/// Where a value comes from. The nearest wins: flag, variable, file, default.
enum SettingSource: Sendable, Equatable, CustomStringConvertible {
    case flag(String)
    case variable(String)
    case file(String, line: Int)
    case standard

    /// In the file.
    var line: Int? {
        if case .file(_, let line) = self { line } else { nil }
    }

    var description: String {
        switch self {
        case .flag(let name): "--\(name)"
        case .variable(let name): name
        case .file(let path, let line): ConfigurationProblem.place(path, line)
        case .standard: "default"
        }
    }
}
