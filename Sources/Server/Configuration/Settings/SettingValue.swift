/// A value of a setting, in the program's own units.
enum SettingValue: Sendable, Equatable {
    case text(String)
    case integer(Int)
    case number(Double)
    /// Nanoseconds.
    case duration(Int64)
    case bytes(Int)
    case toggle(Bool)
    case list([String])

    /// As it is written in a file; one line.
    var text: String {
        switch self {
        case .text(let text): text
        case .integer(let value): String(value)
        case .number(let value): value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
        case .duration(let value): DurationText.write(value)
        case .bytes(let value): ByteCountText.write(value)
        case .toggle(let value): value ? "true" : "false"
        case .list(let values): "[\(values.joined(separator: ", "))]"
        }
    }
}
