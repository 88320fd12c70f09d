internal import AmbitPlugin

extension LinePage {
    var linesJSON: JSON {
        JSON(
            lines.map { line in
                .object([
                    "cursor": JSON(line.cursor), "stream": .string(line.stream.rawValue),
                    "time": .string(Timestamp.text(line.time)), "text": .string(line.text),
                ])
            })
    }

    /// One line each: its cursor, "!" where it came on stderr, its text.
    var text: String {
        let width = lines.last.map { String($0.cursor).count } ?? 0
        return lines.map { line in
            let cursor = String(line.cursor)
            let padding = String(repeating: " ", count: width - cursor.count)
            return "\(padding)\(cursor)\(line.stream == .stderr ? "!" : " ") \(line.text)"
        }.joined(separator: "\n")
    }

    /// What is not in `lines`, in words; nil where nothing is missing.
    var account: String? {
        var parts: [String] = []
        if dropped > 0 { parts.append("\(dropped) older lines were dropped to make room") }
        if omitted > 0 { parts.append("\(omitted) earlier matching lines are left out") }
        if more { parts.append("more follow: pass after=\(cursor)") }
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }
}
