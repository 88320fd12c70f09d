/// Numbers of bytes as people write them: 64KiB, 1MiB, 2GiB, 10MB, 4096B.
package enum ByteCountText {
    package static let expected = "a number with a unit, like 512B, 64KiB, 1MiB or 10MB"
    private static let units: [(String, Int)] = [
        ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000), ("KB", 1_000),
        ("B", 1),
    ]

    package static func parse(_ text: String) -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int(digits) else { return nil }
        let unit = text[digits.endIndex...]
        if unit.isEmpty { return number == 0 ? 0 : nil }
        guard let size = units.first(where: { $0.0 == unit })?.1 else { return nil }
        let (bytes, overflows) = number.multipliedReportingOverflow(by: size)
        return overflows ? nil : bytes
    }

    package static func write(_ bytes: Int) -> String {
        for (name, size) in units.prefix(3) where bytes >= size && bytes % size == 0 { return "\(bytes / size)\(name)" }
        return "\(bytes)B"
    }
}
