/// The errors of a process, those that are the same as one.
struct ErrorReport: Sendable {
    /// In the order in which they came first.
    private(set) var entries: [ErrorEntry] = []
    /// All lines up to here were looked at, and what was found is whole.
    private(set) var cursor: Int
    /// Lines after the asked cursor that are no longer kept.
    let dropped: Int
    /// Time was up: what comes behind `cursor` was not looked at.
    private(set) var isCut = false

    /// - Parameters:
    ///   - after: errors that end behind this cursor. Those that began before are looked for a little before it.
    init(of ring: LineRing, after: Int, rules: ErrorRules, isLate: @escaping () -> Bool = { false }) {
        dropped = ring.gap(after: after)
        cursor = ring.lastCursor
        var scanner = ErrorScanner(rules)
        var clock = SearchClock(isLate)
        var stopped: Int?
        ring.walk(after: max(0, after - Self.lookBack)) { view in
            if clock.isOver(before: view) {
                stopped = view.cursor - 1
                return false
            }
            scanner.take(view)
            return true
        }
        scanner.finish()
        if let stopped {
            cursor = stopped
            isCut = true
        }
        var places: [ErrorEntry.Key: Int] = [:]
        for entry in scanner.found where entry.lastCursor > after {
            if let place = places[entry.key] {
                entries[place].count += 1
                entries[place].lastCursor = entry.lastCursor
                entries[place].lastTime = entry.lastTime
            } else {
                places[entry.key] = entries.count
                entries.append(entry)
            }
        }
    }

    /// Lines before a cursor that an error behind it may have begun with.
    private static let lookBack = 200
}
