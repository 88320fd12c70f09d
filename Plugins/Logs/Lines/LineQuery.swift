/// What is asked of a process's lines, and how much may come back.
struct LineQuery: Sendable {
    var after = 0
    var filter = LineFilter()
    var limit = 100
    /// Bytes of text. One line always fits: else a reader could never get past it.
    var maxBytes = 32 << 10
    /// The newest lines rather than the oldest.
    var tail = false
    /// Lines to show before and behind each one that is found.
    var before = 0
    var behind = 0
    /// Found lines that follow each other and are the same but for their digits are one, with their number.
    var collapses = false
    var keepsSequences = false

    /// One line to show, with those that it stands for.
    private struct Unit {
        let first: Int
        var last: Int
        var repeats = 1
        let key: [UInt8]
    }

    /// Reads a ring; nothing that is left out goes without its number.
    ///
    /// - Parameter isLate: whether the time for it is up.
    func page(of ring: LineRing, isLate: @escaping () -> Bool = { false }) -> LinePage {
        // From beyond the end one goes on with what comes next.
        var page = LinePage(cursor: ring.lastCursor, dropped: ring.gap(after: after))
        let (units, rest) = search(ring, &page, isLate)
        if tail { showNewest(units, ring, &page) } else { showOldest(units, rest, ring, &page) }
        return page
    }

    /// The places of what is to be shown, as far as `limit` allows, and where the rest begins, which is counted.
    private func search(_ ring: LineRing, _ page: inout LinePage, _ isLate: @escaping () -> Bool) -> (units: [Unit], rest: Int) {
        var start = after
        if tail, filter.isEmpty, !collapses {
            start = max(after, ring.lastCursor - limit)
            page.omitted = max(0, start - max(after, ring.droppedLines))
        }
        var check = LineFilter.Check(filter)
        var units: [Unit] = []
        // Of the newest, the oldest place is used again.
        var oldest = 0
        var clock = SearchClock(isLate)
        var omitted = 0
        var remaining = 0
        var rest = Int.max
        var searchedTo: Int?
        ring.walk(after: start) { view in
            if clock.isOver(before: view) {
                searchedTo = view.cursor - 1
                return false
            }
            guard check.matches(view) else { return true }
            let key = collapses ? Self.key(view) : []
            let newest = units.isEmpty ? nil : (oldest + units.count - 1) % units.count
            if collapses, remaining == 0, let newest, units[newest].key == key {
                units[newest].last = view.cursor
                units[newest].repeats += 1
            } else if units.count < limit {
                units.append(Unit(first: view.cursor, last: view.cursor, key: key))
            } else if tail {
                omitted += units[oldest].repeats
                units[oldest] = Unit(first: view.cursor, last: view.cursor, key: key)
                oldest = (oldest + 1) % limit
            } else {
                remaining += 1
                rest = min(rest, view.cursor)
            }
            return true
        }
        page.omitted += omitted
        page.remaining = remaining
        page.searchedTo = searchedTo
        page.tooCostly = check.tooCostly
        return (Array(units[oldest...] + units[..<oldest]), rest)
    }

    private func showOldest(_ units: [Unit], _ rest: Int, _ ring: LineRing, _ page: inout LinePage) {
        var bytes = 0
        var shown = after
        for (index, unit) in units.enumerated() {
            let lines = lines(of: unit, ring, from: max(shown + 1, unit.first - before), next: next(units, index, rest))
            let size = lines.reduce(0) { $0 + $1.text.utf8.count }
            if bytes + size > maxBytes, index > 0 {
                page.remaining += units[index...].reduce(0) { $0 + $1.repeats }
                page.cursor = units[index - 1].last
                page.more = true
                return
            }
            bytes += size
            page.lines += lines
            shown = max(shown, lines.last?.cursor ?? shown)
        }
        if page.remaining > 0 {
            page.more = true
            page.cursor = units.last?.last ?? after
        } else if let searchedTo = page.searchedTo {
            page.more = true
            page.cursor = searchedTo
        }
    }

    private func showNewest(_ units: [Unit], _ ring: LineRing, _ page: inout LinePage) {
        var bytes = 0
        var newestFirst: [[FoundLine]] = []
        for index in units.indices.reversed() {
            let previous = index > 0 ? units[index - 1].first + behind : after
            let lines = lines(of: units[index], ring, from: max(previous + 1, units[index].first - before), next: next(units, index, .max))
            bytes += lines.reduce(0) { $0 + $1.text.utf8.count }
            guard bytes <= maxBytes || newestFirst.isEmpty else {
                page.omitted += units[...index].reduce(0) { $0 + $1.repeats }
                break
            }
            newestFirst.append(lines)
        }
        page.lines = Array(newestFirst.reversed().joined())
        if page.searchedTo != nil { page.more = true }
    }

    private func next(_ units: [Unit], _ index: Int, _ rest: Int) -> Int { index + 1 < units.count ? units[index + 1].first : rest }

    /// The line of a unit and what is to be shown around it: from a cursor on, and before that of the next unit.
    private func lines(of unit: Unit, _ ring: LineRing, from: Int, next: Int) -> [FoundLine] {
        var lines: [FoundLine] = []
        let end = min(unit.first + behind, next - 1)
        ring.walk(after: min(from, unit.first) - 1) { view in
            guard view.cursor <= end else { return false }
            var found = FoundLine(
                view.line(keepingSequences: keepsSequences), level: LineLevel.of(view), isContext: view.cursor != unit.first)
            if view.cursor == unit.first {
                found.repeats = unit.repeats
                found.lastCursor = unit.last
            }
            lines.append(found)
            return true
        }
        return lines
    }

    /// The text with each run of digits as one.
    private static func key(_ view: LineView) -> [UInt8] {
        view.withText { text in
            var key: [UInt8] = []
            key.reserveCapacity(text.count)
            for byte in text {
                let isDigit = (0x30...0x39).contains(byte)
                if isDigit, key.last == 0x30 { continue }
                key.append(isDigit ? 0x30 : byte)
            }
            return key
        }
    }
}
