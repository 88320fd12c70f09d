internal import AmbitPlugin

extension LinePage {
    var linesJSON: JSON {
        JSON(
            lines.map { found in
                .object([
                    "cursor": JSON(found.cursor), "stream": .string(found.line.stream.rawValue),
                    "time": .string(Timestamp.text(found.line.time)), "level": found.level.map { .string($0.rawValue) },
                    "text": .string(found.text), "context": found.isContext ? JSON.bool(true) : JSON?.none,
                    "repeats": found.repeats > 1 ? JSON(found.repeats) : JSON?.none,
                    "lastCursor": found.repeats > 1 ? JSON(found.lastCursor) : JSON?.none,
                ])
            })
    }

    /// One line each: its cursor, "!" where it came on stderr, "-" where it is there for another's sake, its text, how often it came.
    var text: String {
        let width = lines.last.map { String($0.cursor).count } ?? 0
        return lines.map { found in
            let cursor = String(found.cursor)
            let padding = String(repeating: " ", count: max(0, width - cursor.count))
            let mark = found.isContext ? "-" : found.line.stream == .stderr ? "!" : " "
            return
                "\(padding)\(cursor)\(mark) \(found.text)\(found.repeats > 1 ? "  [\(found.repeats) times, to \(found.lastCursor)]" : "")"
        }.joined(separator: "\n")
    }

    /// What is not in `lines`, in words; nil where nothing is missing.
    var account: String? {
        var parts: [String] = []
        if dropped > 0 { parts.append("\(dropped) older lines were dropped to make room") }
        if omitted > 0 { parts.append("\(omitted) earlier matching lines are left out") }
        if let searchedTo { parts.append("time was up: searched to cursor \(searchedTo)") }
        if tooCostly > 0 { parts.append("on \(tooCostly) lines the regular expression costs too much; they count as found") }
        if more { parts.append("\(remaining > 0 ? "\(remaining) more match" : "more may follow"): pass after=\(cursor)") }
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }
}
