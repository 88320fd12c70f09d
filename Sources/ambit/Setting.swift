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

    static func duration(_ flag: String?, _ variable: String, _ standard: Int64, flagName: String) throws -> Int64 {
        guard let text = flag ?? environment(variable) else { return standard }
        guard let value = DurationText.parse(text) else {
            throw ValidationError("\(flag == nil ? variable : flagName) is '\(text)'; expected \(DurationText.expected)")
        }
        return value
    }

    static func list(_ flags: [String], _ variable: String, separator: Character = ",") -> [String] {
        guard flags.isEmpty, let text = environment(variable) else { return flags }
        return text.split(separator: separator).map(String.init)
    }

    private static func environment(_ name: String) -> String? {
        guard let value = getenv(name) else { return nil }
        let text = String(cString: value)
        return text.isEmpty ? nil : text
    }
}
