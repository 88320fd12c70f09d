import ArgumentParser
import Glibc
import Server

/// Flags, then AMBIT_… variables, then the default.
enum Setting {
    static func text(_ flag: String?, _ variable: String, _ standard: String) -> String {
        flag ?? environment(variable) ?? standard
    }

    static func number(
        _ flag: String?, _ variable: String, _ standard: Int, in range: ClosedRange<Int>, flagName: String
    ) throws -> Int {
        guard let text = flag ?? environment(variable) else { return standard }
        guard let value = Int(text), range.contains(value) else {
            throw ValidationError(
                "\(flag == nil ? variable : flagName) is '\(text)'; expected a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    private static func environment(_ name: String) -> String? {
        guard let value = getenv(name) else { return nil }
        let text = String(cString: value)
        return text.isEmpty ? nil : text
    }
}
