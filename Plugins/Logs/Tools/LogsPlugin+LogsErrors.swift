internal import AmbitPlugin

extension LogsPlugin {
    var logsErrors: Tool {
        Tool.blocking(
            "logs_errors",
            """
            Finds errors in the output of a process that is kept: stack traces, compilers' and test runners' messages of the usual \
            languages. Each is one entry with its message, file and line, and how often it came, the newest last. Pass the cursor of \
            the result as "after" next time to get only what is new. Without "process": of all processes of this session and the kept ones.
            """,
            .string("process", "The id that process_run gave; all when left out.").optional,
            .integer("after", "Only errors after this cursor; needs process.", in: 0...Self.largestCursor).optional,
            .boolean("warnings", "Warnings as well.", default: false),
            .integer("limit", "At most this many entries, the newest.", default: 20, in: 1...500),
            .integer("lines", "Show at most this many lines of each.", default: 12, in: 0...60),
            .session(.existing),
            title: "Find errors", annotations: Annotations(readOnly: true, idempotent: true, openWorld: false), output: Self.errorsOutput
        ) { [store, host, ownRules] call, id, after, warnings, limit, lines, session in
            guard after == nil || id != nil else { throw ToolError("\"after\" needs \"process\": cursors count the lines of one.") }
            let records = if let id { [try store.find(id, in: session)] } else { store.visible(in: session) }
            let rules = try ownRules ?? ErrorRules.shipped.get()
            let deadline = host.now + Int64(Self.searchSeconds * 1e9)
            var reports: [(record: ProcessRecord, report: ErrorReport)] = []
            for record in records {
                let report = ErrorReport(of: record.ring, after: after ?? 0, rules: rules) { host.now >= deadline || call.isCancelled }
                reports.append((record, report))
            }
            return Self.errorsResult(reports, isOfOne: id != nil, warnings: warnings, limit: limit, lines: lines)
        }
    }

    private static func errorsResult(
        _ reports: [(record: ProcessRecord, report: ErrorReport)], isOfOne: Bool, warnings: Bool, limit: Int, lines: Int
    ) -> ToolResult {
        let all = reports.flatMap { record, report in report.entries.map { (record.id, $0) } }
        let warningCount = all.count { $0.1.isWarning }
        let wanted = all.filter { warnings || !$0.1.isWarning }.sorted { $0.1.lastTime < $1.1.lastTime }
        let shown = wanted.suffix(limit)
        var texts = [title(wanted.count, of: reports, isOfOne)]
        if shown.count < wanted.count { texts.append("(\(wanted.count - shown.count) earlier ones are left out)") }
        if !warnings, warningCount > 0 {
            texts.append("(\(warningCount) \(warningCount == 1 ? "warning is" : "warnings are") left out: warnings=true)")
        }
        for (record, report) in reports {
            if report.dropped > 0 { texts.append("(\(record.id): \(report.dropped) older lines were dropped to make room)") }
            if report.isCut { texts.append("(\(record.id): time was up, searched to cursor \(report.cursor))") }
        }
        texts += shown.map { id, entry in (isOfOne ? "" : "\(id): ") + entry.text(lines: lines) }
        var members = JSON.Object([
            ("errors", JSON(shown.map { id, entry in entry.json(process: id, lines: lines) })),
            ("omitted", JSON(wanted.count - shown.count)), ("warnings", JSON(warningCount)),
        ])
        if isOfOne, let only = reports.first {
            members["process"] = .string(only.record.id)
            members["cursor"] = JSON(only.report.cursor)
            members["dropped"] = JSON(only.report.dropped)
            members["complete"] = .bool(!only.report.isCut)
        }
        return .json(.object(members), text: texts.joined(separator: "\n"))
    }

    private static func title(
        _ count: Int, of reports: [(record: ProcessRecord, report: ErrorReport)], _ isOfOne: Bool
    ) -> String {
        let errors = count == 0 ? "no errors" : "\(count) \(count == 1 ? "error" : "errors")"
        guard isOfOne, let only = reports.first else {
            return "\(errors) in \(reports.count) \(reports.count == 1 ? "process" : "processes")"
        }
        return "\(only.record.id) \(only.record.state): \(errors), cursor \(only.report.cursor)"
    }

    private static var errorsOutput: JSON {
        Schema.object(
            JSON.Object([
                ("process", ["type": "string"]), ("errors", Schema.list(of: ErrorEntry.schema)),
                ("omitted", Schema.described("integer", "Earlier entries that are left out.")),
                ("warnings", Schema.described("integer", "Warnings among what was found, shown or not.")),
                ("cursor", Schema.described("integer", "Pass it as \"after\" to get only what is new.")),
                ("dropped", Schema.described("integer", "Lines after the given cursor that are no longer kept.")),
                ("complete", Schema.described("boolean", "false: time was up, lines behind the cursor were not looked at.")),
            ]), required: ["errors", "omitted", "warnings"])
    }
}
