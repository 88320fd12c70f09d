internal import AmbitPlugin

extension LogsPlugin {
    /// What `process_run` shows of the output when it has waited.
    private static let tail = LineQuery(limit: 50, maxBytes: 16 << 10, tail: true)
    /// Many clients give a request up after a minute.
    private static let waitSeconds = 50.0

    private static let description = """
        Runs a program and keeps its output, line by line. By default it runs in the background: the answer comes at once, with the \
        process id that process_list, process_stop, logs_query and logs_follow take. mode "wait" answers when the program has ended, \
        with its exit code and last lines; mode "stream" does the same and also sends every line while it runs. \
        The program, with everything that it starts, ends when the session ends, unless keep is true.
        """
    private static let modes =
        "background: answer at once. wait: answer when it has ended. stream: like wait, and send each line as it comes."
    private static let timeouts = """
        wait and stream: answer after this long in any case; the program then goes on in the background. \
        Default: 50 for wait, none for stream.
        """
    private static let keeping = """
        false: the program ends with the session, and with this call if the call is cancelled before it answers. true: it belongs to the \
        plugin, every client sees it, and it ends only by process_stop, the plugin's reload, or the server's end.
        """

    var processRun: Tool {
        Tool(
            "process_run", Self.description,
            .string("command", "A line for the shell (/bin/sh -c). Give either this or argv.").optional,
            .list("argv", "The program and its arguments, without a shell.", of: .string).optional,
            .string("cwd", "Working directory. Default: the server's.").optional,
            .stringMap("env", "Environment variables to add to the server's.").optional,
            .string("name", "A short name; the process id begins with it. Default: the program's.", length: 0...100).optional,
            .choice("mode", Self.modes, RunMode.self, default: .background),
            .number("timeoutSeconds", Self.timeouts, in: 0.01...86400).optional,
            .boolean("keep", Self.keeping, default: false),
            .session(idle: .seconds(4 * 3600)),
            title: "Run a program", annotations: Annotations(readOnly: false, destructive: true, idempotent: false, openWorld: true),
            output: Self.runOutput, idleLimit: .none, totalLimit: .none, handler: run)
    }

    private func run(
        _ call: Call, _ command: String?, _ argv: [String]?, _ directory: String?, _ environment: [(name: String, value: String)]?,
        _ name: String?, _ mode: RunMode, _ seconds: Double?, _ keep: Bool, _ session: Session
    ) async throws -> ToolResult {
        let launch = try Launch(command: command, argv: argv, directory: directory, environment: environment ?? [], name: name)
        let start = try await ProcessStart(
            launch, owner: keep ? .plugin : .session(session.key), in: keep ? host.scope : session.scope, call: call, store: store)
        // However many others end meanwhile.
        defer { store.release(start.id) }
        // A kept one that runs is nobody's to end any more.
        if keep { start.handOver() }
        var dropped = 0
        switch mode {
        case .background: break
        case .wait: try await Self.untilEnd(call, store, start.id, seconds ?? Self.waitSeconds)
        case .stream:
            let stream = LineStream(call: call, store: store, id: start.id)
            dropped = try await stream.run(Follower(after: 0), seconds: seconds).dropped
        }
        start.handOver()
        guard let record = store.record(start.id) else { throw CancellationError() }
        return Self.runResult(record, mode, notStreamed: dropped)
    }

    /// Waits until the process has ended, or for `seconds`.
    static func untilEnd(_ call: Call, _ store: ProcessStore, _ id: String, _ seconds: Double?) async throws {
        let wake = try Wake(call, topic: Topic.end(id), seconds: seconds)
        defer { wake.close() }
        while let record = store.record(id), !record.status.isOver, !wake.isOver { try await wake.wait() }
    }

    private static func runResult(_ record: ProcessRecord, _ mode: RunMode, notStreamed: Int) -> ToolResult {
        let now = ProcessStore.now()
        var text = record.sentence(now: now)
        guard case .object(var structured) = record.json(now: now) else { return .text(text) }
        if notStreamed > 0 { structured["notStreamed"] = JSON(notStreamed) }
        if mode == .background || !record.status.isOver {
            text += ". Its output: logs_query or logs_follow with process \(record.id)."
        }
        if mode != .background {
            if !record.status.isOver { text = "Time is up; it goes on in the background. " + text }
            let page = tail.page(of: record.ring)
            structured["lastLines"] = page.linesJSON
            structured["omitted"] = JSON(page.omitted)
            structured["dropped"] = JSON(page.dropped)
            if let account = page.account { text += "\n(\(account))" }
            if !page.lines.isEmpty { text += "\n" + page.text }
        }
        return .json(.object(structured), text: text)
    }

    private static var runOutput: JSON {
        var members = Schema.processMembers
        members["lastLines"] = Schema.list(of: Schema.line)
        members["omitted"] = Schema.described("integer", "Lines before lastLines that are left out here; logs_query has them.")
        members["dropped"] = Schema.described("integer", "Older lines that are no longer kept.")
        members["notStreamed"] = Schema.described("integer", "Lines that came too fast for this client and were not streamed.")
        return Schema.object(members, required: Schema.processRequired)
    }
}
