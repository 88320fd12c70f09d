/// When a search looks at the clock: after some lines, and sooner where they are long.
struct SearchClock {
    private let isLate: () -> Bool
    private var lines = 0
    private var bytes = 0

    private static let linesPerLook = 256
    private static let bytesPerLook = 16 << 10

    init(_ isLate: @escaping () -> Bool) { self.isLate = isLate }

    /// Whether time is up, before a line is looked at.
    mutating func isOver(before view: LineView) -> Bool {
        lines += 1
        bytes += view.bytes.count
        guard lines >= Self.linesPerLook || bytes >= Self.bytesPerLook else { return false }
        lines = 0
        bytes = 0
        return isLate()
    }
}
