internal import AmbitPlugin

extension LogsPlugin {
    /// Beyond it a JSON number is no longer exact everywhere.
    static let largestCursor = 1 << 53

    var logsQuery: Tool {
        Tool.inline(
            "logs_query",
            """
            Reads the output of a process that is kept, oldest lines first. Every line has a cursor; pass the cursor of the result as \
            "after" next time to get only what is new. What is left out is counted: "dropped" lines are no longer kept, "more" says that \
            further lines match, "omitted" counts earlier matches when tail is true.
            """,
            .string("process", "The id that process_run gave."),
            .string("text", "Only lines that contain this text, whatever its case.").optional,
            .integer("after", "Only lines after this cursor; 0: from the oldest kept line.", default: 0, in: 0...Self.largestCursor),
            .integer("limit", "At most this many lines.", default: 100, in: 1...1000),
            .boolean("tail", "The newest matching lines instead of the oldest.", default: false),
            .integer("maxBytes", "At most this many bytes of text, but always one line.", default: 32 << 10, in: 256...1 << 20),
            .session(.existing),
            title: "Read output", annotations: Annotations(readOnly: true, idempotent: true, openWorld: false),
            output: Self.queryOutput
        ) { [store] _, id, text, after, limit, tail, maxBytes, session in
            let record = try store.find(id, in: session)
            let page = LineQuery(after: after, filter: TextFilter(text), limit: limit, maxBytes: maxBytes, tail: tail)
                .page(of: record.ring)
            let found = "\(page.lines.count) \(page.lines.count == 1 ? "line" : "lines")"
            var lines = ["\(id) \(record.state): \(found)\(text.map { " with \(JSON.string($0).text)" } ?? ""), cursor \(page.cursor)"]
            if let account = page.account { lines.append("(\(account))") }
            if !page.lines.isEmpty { lines.append(page.text) }
            return .json(
                .object([
                    "process": .string(id), "status": .string(record.status.rawValue), "lines": page.linesJSON,
                    "cursor": JSON(page.cursor), "more": .bool(page.more), "dropped": JSON(page.dropped), "omitted": JSON(page.omitted),
                ]), text: lines.joined(separator: "\n"))
        }
    }

    private static var queryOutput: JSON {
        Schema.object(
            JSON.Object([
                ("process", ["type": "string"]), ("status", Schema.status), ("lines", Schema.list(of: Schema.line)),
                ("cursor", Schema.described("integer", "Pass it as \"after\" to go on.")),
                ("more", Schema.described("boolean", "There are further matching lines after the cursor.")),
                ("dropped", Schema.described("integer", "Lines after the given cursor that are no longer kept.")),
                ("omitted", Schema.described("integer", "tail: matching lines before the first one here.")),
            ]), required: ["process", "status", "lines", "cursor", "more", "dropped", "omitted"])
    }
}
