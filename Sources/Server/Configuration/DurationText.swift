/// Durations as people write them: 500ms, 2s, 30m, 4h. Nanoseconds inside.
package enum DurationText {
    package static let expected = "a number with a unit, like 500ms, 2s, 30m or 4h"

    package static func parse(_ text: String) -> Int64? {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        guard let number = Double(digits), number.isFinite, number >= 0 else { return nil }
        let scale: Double
        switch text[digits.endIndex...] {
        case "ns": scale = 1
        case "us": scale = 1e3
        case "ms": scale = 1e6
        case "s": scale = 1e9
        case "m", "min": scale = 60e9
        case "h": scale = 3600e9
        case "" where number == 0: scale = 1
        default: return nil
        }
        let nanoseconds = number * scale
        guard nanoseconds < 9e18 else { return nil }
        return Int64(nanoseconds.rounded())
    }

    package static func write(_ nanoseconds: Int64) -> String {
        let units: [(Int64, String)] = [
            (3_600_000_000_000, "h"), (60_000_000_000, "m"), (1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "us"),
        ]
        for (size, name) in units where nanoseconds >= size && nanoseconds % size == 0 { return "\(nanoseconds / size)\(name)" }
        return "\(nanoseconds)ns"
    }
}
