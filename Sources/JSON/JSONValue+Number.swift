extension JSONValue {
    /// The exact text of a number; nil for all else.
    package var numberText: String? {
        entry.kind == .number ? String(decoding: raw, as: UTF8.self) : nil
    }

    /// The number as an integer when it is one exactly, however it is written (`42`, `42.0`, `4.2e1`), and fits.
    package var int64: Int64? {
        entry.kind == .number ? JSONInteger.exact(raw) : nil
    }

    /// The nearest double; nil where it would be infinite, and for anything but numbers.
    package var double: Double? {
        let entry = entry
        guard entry.kind == .number else { return nil }
        // -0 is an integer that only a double can tell from 0.
        if entry.isInteger, let integer = JSONInteger.exact(raw), integer != 0 { return Double(integer) }
        guard let double = Double(String(decoding: raw, as: UTF8.self)), double.isFinite else { return nil }
        return double
    }
}
