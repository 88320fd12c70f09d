internal import AmbitPlugin

extension ErrorEntry {
    func json(process: String, lines: Int) -> JSON {
        .object([
            "process": .string(process), "rule": .string(rule), "language": .string(language),
            "level": .string(isWarning ? "warning" : "error"), "type": type.map(JSON.string), "message": .string(message),
            "file": file.map(JSON.string), "line": line.map { JSON($0) }, "column": column.map { JSON($0) }, "count": JSON(count),
            "firstTime": .string(Timestamp.text(firstTime)), "lastTime": .string(Timestamp.text(lastTime)),
            "firstCursor": JSON(firstCursor), "lastCursor": JSON(lastCursor), "text": .string(excerpt(lines)),
        ])
    }

    static let schema = Schema.object(
        JSON.Object([
            ("process", ["type": "string"]), ("rule", Schema.described("string", "The rule that found it.")),
            ("language", ["type": "string"]), ("level", ["type": "string", "enum": ["error", "warning"]]),
            ("type", Schema.described("string", "The exception's name, or the message's code.")), ("message", ["type": "string"]),
            ("file", ["type": "string"]), ("line", ["type": "integer"]), ("column", ["type": "integer"]),
            ("count", Schema.described("integer", "How often it came.")), ("firstTime", ["type": "string"]),
            ("lastTime", ["type": "string"]),
            ("firstCursor", Schema.described("integer", "Its first line, the first time.")),
            ("lastCursor", Schema.described("integer", "Its last line, the last time.")),
            ("text", Schema.described("string", "As it was written the first time.")),
        ]),
        required: [
            "process", "rule", "language", "level", "message", "count", "firstTime", "lastTime", "firstCursor", "lastCursor", "text",
        ])

    /// "TypeError: x is undefined at /app/main.js:3:5, 4 times (lines 7 to 42)", and the lines.
    func text(lines: Int) -> String {
        var text = (isWarning ? "warning: " : "") + (type.map { "\($0): " } ?? "") + message
        if let file { text += " at \(file)\(line.map { ":\($0)" } ?? "")\(column.map { ":\($0)" } ?? "")" }
        text += count > 1 ? ", \(count) times" : ""
        text += firstCursor == lastCursor ? " (line \(firstCursor))" : " (lines \(firstCursor) to \(lastCursor))"
        let excerpt = excerpt(lines)
        // One line says no more than what stands above.
        guard !excerpt.isEmpty, self.text.count + cut > 1 else { return text }
        return text + "\n" + excerpt.split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)" }.joined(separator: "\n")
    }

    private func excerpt(_ lines: Int) -> String {
        guard lines > 0 else { return "" }
        var shown = Array(text.prefix(lines))
        while shown.last?.allSatisfy(\.isWhitespace) == true { shown.removeLast() }
        let left = text.count - shown.count + cut
        if left > 0, !text.dropFirst(shown.count).allSatisfy({ $0.allSatisfy(\.isWhitespace) }) || cut > 0 {
            shown.append("… \(left) more lines")
        }
        return shown.joined(separator: "\n")
    }
}
