/// What is asked of a process's lines, and how much may come back.
struct LineQuery: Sendable {
    var after = 0
    var filter: TextFilter?
    var limit = 100
    /// Bytes of text. One line always fits: else a reader could never get past it.
    var maxBytes = 32 << 10
    /// The newest lines rather than the oldest.
    var tail = false

    /// Reads a ring; nothing that is left out goes without its number.
    func page(of ring: LineRing) -> LinePage {
        tail ? newest(ring) : oldest(ring)
    }

    private func matches(_ view: LineView) -> Bool { filter?.matches(view.bytes) ?? true }

    private func oldest(_ ring: LineRing) -> LinePage {
        var page = LinePage(cursor: max(after, ring.lastCursor), dropped: ring.gap(after: after))
        var bytes = 0
        ring.walk(after: after) { view in
            guard matches(view) else { return true }
            let isFull = page.lines.count >= limit || (bytes + view.bytes.count > maxBytes && !page.lines.isEmpty)
            guard !isFull else {
                page.more = true
                page.cursor = page.lines.last?.cursor ?? after
                return false
            }
            bytes += view.bytes.count
            page.lines.append(view.line)
            return true
        }
        return page
    }

    private func newest(_ ring: LineRing) -> LinePage {
        var page = LinePage(cursor: max(after, ring.lastCursor), dropped: ring.gap(after: after))
        var start = after
        if filter == nil {
            start = max(after, ring.lastCursor - limit)
            page.omitted = max(0, start - max(after, ring.droppedLines))
        }
        // Only the newest `limit` are kept on the way, in a ring of their own.
        var kept: [Line] = []
        var oldest = 0
        ring.walk(after: start) { view in
            guard matches(view) else { return true }
            if kept.count < limit {
                kept.append(view.line)
            } else {
                kept[oldest] = view.line
                oldest = (oldest + 1) % limit
                page.omitted += 1
            }
            return true
        }
        var bytes = 0
        var newestFirst: [Line] = []
        for step in 0..<kept.count {
            let line = kept[(oldest + kept.count - 1 - step) % kept.count]
            bytes += line.text.utf8.count
            guard bytes <= maxBytes || newestFirst.isEmpty else {
                page.omitted += kept.count - step
                break
            }
            newestFirst.append(line)
        }
        page.lines = newestFirst.reversed()
        return page
    }
}
