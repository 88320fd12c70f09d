internal import AmbitPlugin

extension LogsPlugin {
    /// Beyond it a JSON number is no longer exact everywhere.
    static let largestCursor = 1 << 53
    /// A search that takes longer says how far it got.
    static let searchSeconds = 2.0

    var logsQuery: Tool {
        // A search may take its time: not on an event loop.
        Tool.blocking(
            "logs_query",
            """
            Reads the output of a process that is kept, oldest lines first. Every line has a cursor; pass the cursor of the result as \
            "after" next time to get only what is new. What is left out is counted: "dropped" lines are no longer kept, "more" says that \
            further lines match ("remaining" many), "omitted" counts earlier matches when tail is true.
            """,
            .string("process", "The id that process_run gave."),
            WantedLines.text, WantedLines.regex, WantedLines.invert, WantedLines.stream, WantedLines.level, WantedLines.since,
            WantedLines.until,
            .integer("after", "Only lines after this cursor; 0: from the oldest kept line.", default: 0, in: 0...Self.largestCursor),
            .integer("limit", "At most this many lines, those of context beside.", default: 100, in: 1...1000),
            .boolean("tail", "The newest matching lines instead of the oldest.", default: false),
            .integer("context", "Show so many lines before and behind each match as well.", default: 0, in: 0...50),
            .boolean(
                "collapse", "Matching lines that follow each other and differ in their digits only are one, with their number.",
                default: false),
            .boolean("ansi", "Keep terminal control sequences (colours).", default: false),
            .integer("maxBytes", "At most this many bytes of text, but always one line.", default: 32 << 10, in: 256...1 << 20),
            .session(.existing),
            title: "Read output", annotations: Annotations(readOnly: true, idempotent: true, openWorld: false),
            output: Self.queryOutput
        ) {
            [store, host]
            call, id, text, regex, invert, stream, level, since, until, after, limit, tail, context, collapse, ansi, maxBytes,
            session in
            let record = try store.find(id, in: session)
            let wanted = try WantedLines(
                text: text, regex: regex, invert: invert, stream: stream, level: level, since: since, until: until)
            let query = LineQuery(
                after: after, filter: wanted.filter, limit: limit, maxBytes: maxBytes, tail: tail, before: context, behind: context,
                collapses: collapse, keepsSequences: ansi)
            let deadline = host.now + Int64(Self.searchSeconds * 1e9)
            let page = query.page(of: record.ring) { host.now >= deadline || call.isCancelled }
            return Self.queryResult(record, page, wanted, after: after)
        }
    }

    private static func queryResult(_ record: ProcessRecord, _ page: LinePage, _ wanted: WantedLines, after: Int) -> ToolResult {
        let count = page.lines.reduce(0) { $0 + ($1.isContext ? 0 : 1) }
        var first = "\(record.id) \(record.state): \(count) \(count == 1 ? "line" : "lines")"
        if let words = wanted.words { first += " \(words)" }
        first += ", cursor \(page.cursor)"
        if after > record.ring.lastCursor { first += "; its newest line is \(record.ring.lastCursor), so nothing is after \(after) yet" }
        var lines = [first]
        if let account = page.account { lines.append("(\(account))") }
        if !page.lines.isEmpty { lines.append(page.text) }
        return .json(
            .object([
                "process": .string(record.id), "status": .string(record.status.rawValue), "lines": page.linesJSON,
                "cursor": JSON(page.cursor), "more": .bool(page.more), "remaining": JSON(page.remaining), "dropped": JSON(page.dropped),
                "omitted": JSON(page.omitted), "searchedTo": page.searchedTo.map { JSON($0) },
            ]), text: lines.joined(separator: "\n"))
    }

    private static var queryOutput: JSON {
        Schema.object(
            JSON.Object([
                ("process", ["type": "string"]), ("status", Schema.status), ("lines", Schema.list(of: Schema.line)),
                ("cursor", Schema.described("integer", "Pass it as \"after\" to go on.")),
                (
                    "more",
                    Schema.described("boolean", "There are further matching lines after the cursor, or the search did not get so far.")
                ),
                ("remaining", Schema.described("integer", "How many further lines match, as far as was searched.")),
                ("dropped", Schema.described("integer", "Lines after the given cursor that are no longer kept.")),
                ("omitted", Schema.described("integer", "tail: matching lines before the first one here.")),
                ("searchedTo", Schema.described("integer", "Time was up: only lines up to this cursor were searched.")),
            ]), required: ["process", "status", "lines", "cursor", "more", "remaining", "dropped", "omitted"])
    }
}
