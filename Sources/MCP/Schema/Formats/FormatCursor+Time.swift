/// Dates, times and durations of RFC 3339.
extension FormatCursor {
    mutating func date() -> Bool {
        guard let year = number(digits: 4), skip(UInt8(ascii: "-")), let month = number(digits: 2), skip(UInt8(ascii: "-")),
            let day = number(digits: 2), 1...12 ~= month
        else { return false }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
        return 1...days ~= day
    }

    mutating func time() -> Bool {
        guard let hour = number(digits: 2), skip(UInt8(ascii: ":")), let minute = number(digits: 2), skip(UInt8(ascii: ":")),
            let second = number(digits: 2), hour < 24, minute < 60, second <= 60
        else { return false }
        if skip(UInt8(ascii: ".")), skipAll(where: Self.isDigit) == 0 { return false }
        var offset = 0
        if !skip(where: { $0 | 0x20 == UInt8(ascii: "z") }) {
            let isBehind = next == UInt8(ascii: "-")
            guard skip(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") }), let hours = number(digits: 2),
                skip(UInt8(ascii: ":")), let minutes = number(digits: 2), hours < 24, minutes < 60
            else { return false }
            offset = (hours * 60 + minutes) * (isBehind ? -1 : 1)
        }
        // A leap second is the last of a day in UTC.
        return second < 60 || (hour * 60 + minute - offset + 2 * 1440) % 1440 == 1439
    }

    /// Weeks alone, or units from years to seconds where none between the first and the last is left out.
    mutating func duration() -> Bool {
        guard skip(UInt8(ascii: "P")) else { return false }
        var copy = self
        if copy.skipAll(where: Self.isDigit) > 0, copy.skip(UInt8(ascii: "W")) {
            self = copy
            return true
        }
        let date = units("YMD")
        guard let date else { return false }
        guard skip(UInt8(ascii: "T")) else { return date }
        return units("HMS") == true
    }

    /// True for some units in an unbroken row, false for none, nil for what is wrong.
    private mutating func units(_ names: StaticString) -> Bool? {
        var unit: Int?
        while next.map(Self.isDigit) == true {
            skipAll(where: Self.isDigit)
            guard let name = next, let found = (0..<3).first(where: { names.utf8Start[$0] == name }), unit == nil || found == unit! + 1
            else {
                return nil
            }
            unit = found
            rest.removeFirst()
        }
        return unit != nil
    }
}
