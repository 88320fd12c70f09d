internal import Glibc

/// Instants as MCP writes them: ISO 8601, UTC, to the millisecond.
package enum Timestamp {
    /// - Parameter instant: Unix epoch, nanoseconds.
    package static func text(_ instant: Int64) -> String {
        var seconds = time_t(instant / 1_000_000_000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        return "\(digits(parts.tm_year + 1900, 4))-\(digits(parts.tm_mon + 1, 2))-\(digits(parts.tm_mday, 2))"
            + "T\(digits(parts.tm_hour, 2)):\(digits(parts.tm_min, 2)):\(digits(parts.tm_sec, 2))"
            + ".\(digits(Int32(instant / 1_000_000 % 1000), 3))Z"
    }

    private static func digits(_ value: Int32, _ count: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
    }
}
