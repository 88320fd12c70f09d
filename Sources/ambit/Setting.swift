import Glibc

/// Choices of one command that are no settings of a program: flag, then variable, then default.
enum Setting {
    static func text(_ flag: String?, _ variable: String, _ standard: String) -> String {
        flag ?? environment(variable) ?? standard
    }

    private static func environment(_ name: String) -> String? {
        guard let value = getenv(name) else { return nil }
        let text = String(cString: value)
        return text.isEmpty ? nil : text
    }
}
