internal import AmbitPlugin

/// A point in time as people and agents give it: `2026-11-30T12:00:00Z` (the zone may be left out: UTC), or how long ago: `90s`, `10m`, `2h`, `1d`.
enum TimeArgument {
    /// Nanoseconds since the Unix epoch.
    static func parse(_ text: String, _ name: String, now: Int64) throws(ToolError) -> Int64 {
        if let ago = ago(text) { return now - ago }
        if let time = date(text) { return time }
        throw ToolError(
            "\"\(name)\" is \(JSON.string(text).text): give a time like 2026-11-30T12:00:00Z, or how long ago: 90s, 10m, 2h, 1d.")
    }

    private static func ago(_ text: String) -> Int64? {
        guard let unit = text.last, let count = Double(text.dropLast()), count >= 0 else { return nil }
        let seconds: Double
        switch unit {
        case "s": seconds = 1
        case "m": seconds = 60
        case "h": seconds = 3600
        case "d": seconds = 86400
        default: return nil
        }
        // A hundred years: what is further away is a mistake, and would not fit.
        return count * seconds <= longestAgo ? Int64(count * seconds * 1e9) : nil
    }

    private static let longestAgo = 100.0 * 365 * 86400

    private static func date(_ text: String) -> Int64? {
        let parts = text.split(omittingEmptySubsequences: false) { $0 == "T" || $0 == " " || $0 == "t" }
        guard parts.count <= 2, let day = numbers(parts[0], "-", [4, 2, 2]) else { return nil }
        guard (1900...2200).contains(day[0]), (1...12).contains(day[1]), (1...31).contains(day[2]) else { return nil }
        let days = Timestamp.days(year: day[0], month: day[1], day: day[2])
        guard parts.count == 2 else { return days * 86400 * 1_000_000_000 }
        var clock = parts[1]
        var offset: Int64 = 0
        if clock.last == "Z" || clock.last == "z" {
            clock = clock.dropLast()
        } else if let sign = clock.lastIndex(where: { $0 == "+" || $0 == "-" }) {
            guard let zone = numbers(clock[clock.index(after: sign)...], ":", [2, 2]) else { return nil }
            offset = (zone[0] * 3600 + zone[1] * 60) * (clock[sign] == "+" ? 1 : -1)
            clock = clock[..<sign]
        }
        let pieces = clock.split(separator: ".", omittingEmptySubsequences: false)
        guard let head = pieces.first, let time = numbers(head, ":", [2, 2, 2]) ?? numbers(head, ":", [2, 2]).map({ $0 + [0] }) else {
            return nil
        }
        guard time[0] < 24, time[1] < 60, time[2] < 61 else { return nil }
        var nanoseconds: Int64 = 0
        if pieces.count == 2 {
            let digits = pieces[1].prefix(9)
            guard !digits.isEmpty, let value = Int64(digits), value >= 0 else { return nil }
            nanoseconds = (0..<(9 - digits.count)).reduce(value) { value, _ in value * 10 }
        } else if pieces.count > 2 {
            return nil
        }
        return (days * 86400 + time[0] * 3600 + time[1] * 60 + time[2] - offset) * 1_000_000_000 + nanoseconds
    }

    /// Numbers of so many digits each.
    private static func numbers(_ text: some StringProtocol, _ separator: Character, _ widths: [Int]) -> [Int64]? {
        let parts = text.split(separator: separator, omittingEmptySubsequences: false)
        guard parts.map(\.count) == widths else { return nil }
        let numbers = parts.compactMap { part in part.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int64(part) : nil }
        return numbers.count == parts.count ? numbers : nil
    }
}
