/// MCP's eight log levels, in its order.
public enum LogLevel: Int32, Comparable, CaseIterable, Sendable {
    case debug = 0
    case info = 1
    case notice = 2
    case warning = 3
    case error = 4
    case critical = 5
    case alert = 6
    case emergency = 7

    public static func < (left: LogLevel, right: LogLevel) -> Bool { left.rawValue < right.rawValue }
}
