internal import AmbitPlugin

extension LogsPlugin {
    var logsFollow: Tool {
        Tool(
            "logs_follow",
            """
            Streams the output of a process while it comes: each line as a log notification (level info, data {process, stream, cursor, \
            text}) and as progress (the count so far and the line). Begins with the last 10 lines, or after a cursor. Answers when the \
            process has ended and its last line is sent, after a number of lines, or after a time, with a summary and a cursor to go on \
            from. Where the client doesn't show notifications, use logs_query.
            """,
            .string("process", "The id that process_run gave."),
            .integer("after", "Begin after this cursor; 0: with the oldest kept line.", in: 0...Self.largestCursor).optional,
            .integer("last", "Without after: begin with this many of the newest lines.", default: 10, in: 0...1000),
            .integer("lines", "Stop after this many lines.", in: 1...1_000_000).optional,
            .number("seconds", "Stop after this long.", in: 0.01...86400).optional,
            WantedLines.text, WantedLines.regex, WantedLines.invert, WantedLines.stream, WantedLines.level,
            .session(.existing),
            title: "Follow output", annotations: Annotations(readOnly: true, idempotent: true, openWorld: false),
            output: Self.followOutput, idleLimit: .none, totalLimit: .none
        ) { [store] call, id, after, last, lines, seconds, text, regex, invert, stream, level, session in
            let wanted = try WantedLines(text: text, regex: regex, invert: invert, stream: stream, level: level)
            let record = try store.find(id, in: session)
            // Without a cursor nothing counts as missed: what is no longer kept was not asked for.
            let start = after ?? max(record.ring.droppedLines, record.ring.lastCursor - last)
            let follower = Follower(after: min(start, record.ring.lastCursor), filter: wanted.filter, lineLimit: lines)
            let done = try await LineStream(call: call, store: store, id: id).run(follower, seconds: seconds)
            return Self.followResult(store.record(id) ?? record, done)
        }
    }

    private static func followResult(_ record: ProcessRecord, _ done: LineStream.Outcome) -> ToolResult {
        let count = "\(done.delivered) \(done.delivered == 1 ? "line" : "lines")"
        let why =
            switch done.end {
            case .ended: "the process has ended"
            case .lines: "that many were asked for"
            case .seconds: "the time is up"
            case .forgotten: "the process is no longer remembered"
            }
        var summary = "\(count) of \(record.id) streamed; \(why). It \(record.state); cursor \(done.cursor)."
        if done.dropped > 0 { summary += " \(done.dropped) lines came too fast for this client and were dropped." }
        return .json(
            .object([
                "process": .string(record.id), "status": .string(record.status.rawValue), "reason": .string(done.end.rawValue),
                "delivered": JSON(done.delivered), "dropped": JSON(done.dropped), "cursor": JSON(done.cursor),
                "exitCode": record.end?.exitCode.map { JSON($0) },
                "signal": record.end?.signal.map { .string(SignalName.of($0)) },
                "summary": .string(summary),
            ]), text: summary)
    }

    private static var followOutput: JSON {
        Schema.object(
            JSON.Object([
                ("process", ["type": "string"]), ("status", Schema.status),
                ("reason", ["type": "string", "enum": JSON(FollowEnd.allCases.map(\.rawValue))]),
                ("delivered", Schema.described("integer", "Lines that were streamed.")),
                ("dropped", Schema.described("integer", "Lines that came too fast for this client.")),
                ("cursor", Schema.described("integer", "Pass it as \"after\" to go on.")),
                ("exitCode", ["type": "integer"]), ("signal", ["type": "string"]), ("summary", ["type": "string"]),
            ]), required: ["process", "status", "reason", "delivered", "dropped", "cursor", "summary"])
    }
}
