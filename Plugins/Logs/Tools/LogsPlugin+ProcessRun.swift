internal import AmbitPlugin

extension LogsPlugin {
    /// What `process_run` shows of the output when it has waited.
    private static let tail = LineQuery(limit: 50, maxBytes: 16 << 10, tail: true)
    /// Many clients give a request up after a minute.
    private static let waitSeconds = 50.0

    private static let description = """
        Runs a program, or a script of a project (see scripts_list), and keeps its output, line by line. By default it runs in the background: the answer comes at once, with the \
        process id that process_list, process_stop, logs_query, logs_errors and logs_follow take; with readyText, readyPort or readyUrl it \
        comes when the program is ready, or says what was seen instead. mode "wait" answers when the program has ended, \
        with its exit code and last lines; mode "stream" does the same and also sends every line while it runs. \
        The program, with everything that it starts, ends when the session ends, unless keep is true.
        """
    private static let modes =
        "background: answer at once. wait: answer when it has ended. stream: like wait, and send each line as it comes."
    private static let timeouts = """
        wait and stream: answer after this long in any case; the program then goes on in the background. \
        Default: 50 for wait, none for stream.
        """
    private static let scripts = """
        A script of the project in cwd, as scripts_list names it: "dev", or "packages/web/package.json:dev" where several files have one.
        """
    private static let keeping = """
        false: the program ends with the session, and with this call if the call is cancelled before it answers. true: it belongs to the \
        plugin, every client sees it, and it ends only by process_stop, the plugin's reload, or the server's end.
        """

    var processRun: Tool {
        Tool(
            "process_run", Self.description,
            .string("command", "A line for the shell (/bin/sh -c). Give either this, argv or script.").optional,
            .list("argv", "The program and its arguments, without a shell.", of: .string).optional,
            .string("script", Self.scripts).optional,
            .boolean("again", "script: start a second one where it runs already, instead of telling of that.", default: false),
            .string("cwd", "Working directory; of a script: the project's folder. Default: the server's.").optional,
            .stringMap("env", "Environment variables to add to the server's.").optional,
            .string("name", "A short name; the process id begins with it. Default: the program's.", length: 0...100).optional,
            .choice("mode", Self.modes, RunMode.self, default: .background),
            .number("timeoutSeconds", Self.timeouts, in: 0.01...86400).optional,
            .string("readyText", "Ready when this regular expression (PCRE2) is found in a line of its output.").optional,
            .integer("readyPort", "Ready when something listens on this TCP port of this machine.", in: 1...65535).optional,
            .string("readyUrl", "Ready when this URL (http://) answers with a status below 500.").optional,
            .number("readySeconds", "How long to wait for it.", default: Readiness.standardSeconds, in: 0.01...3600),
            .boolean("input", "Give it an input that process_write writes to; else its input is empty.", default: false),
            .boolean("pty", "Run it in a terminal of its own: colours, progress, prompts. stderr comes as stdout.", default: false),
            .boolean("keep", Self.keeping, default: false),
            .session(idle: .seconds(4 * 3600)),
            title: "Run a program", annotations: Annotations(readOnly: false, destructive: true, idempotent: false, openWorld: true),
            output: Self.runOutput, idleLimit: .none, totalLimit: .none, handler: run)
    }

    private func run(
        _ call: Call, _ command: String?, _ argv: [String]?, _ script: String?, _ again: Bool, _ directory: String?,
        _ environment: [(name: String, value: String)]?, _ name: String?, _ mode: RunMode, _ seconds: Double?, _ readyText: String?,
        _ readyPort: Int?, _ readyURL: String?, _ readySeconds: Double, _ input: Bool, _ terminal: Bool, _ keep: Bool, _ session: Session
    ) async throws -> ToolResult {
        let readiness = try Readiness(text: readyText, port: readyPort, url: readyURL)
        guard readiness == nil || mode == .background else {
            throw ToolError("readyText, readyPort and readyUrl go with mode \"background\": the others answer when the program has ended.")
        }
        var launch = try launch(command, argv, script, directory, environment ?? [], name)
        launch.takesInput = input
        launch.hasTerminal = terminal
        let owner: Owner = keep ? .plugin : .session(session.key)
        let start: ProcessStart?
        let id: String
        switch store.reserve(launch, owner: owner, again: again) {
        case .running(let other): (start, id) = (nil, other)
        case .reserved(let place):
            start = try await ProcessStart(
                launch, at: place, owner: owner, in: keep ? host.scope : session.scope, call: call, store: store)
            id = place.id
        }
        // However many others end meanwhile.
        defer { if start != nil { store.release(id) } }
        // A kept one that runs is nobody's to end any more.
        if keep { start?.handOver() }
        var outcome = RunOutcome(mode: mode, wasRunning: start == nil)
        switch mode {
        case .background:
            if let readiness {
                let began = host.now
                outcome.readiness = try await readiness.wait(call, store, id, seconds: readySeconds)
                outcome.readyNanoseconds = host.now - began
            }
        case .wait: try await Self.untilEnd(call, store, id, seconds ?? Self.waitSeconds)
        case .stream:
            let stream = LineStream(call: call, store: store, id: id)
            outcome.notStreamed = try await stream.run(Follower(after: 0), seconds: seconds).dropped
        }
        start?.handOver()
        guard let record = store.record(id) else { throw CancellationError() }
        return Self.runResult(record, outcome)
    }

    private func launch(
        _ command: String?, _ argv: [String]?, _ script: String?, _ directory: String?, _ environment: [(name: String, value: String)],
        _ name: String?
    ) throws -> Launch {
        guard let script else {
            return try Launch(command: command, argv: argv, directory: directory, environment: environment, name: name)
        }
        guard command == nil, argv == nil else {
            throw ToolError("\"script\" is given together with \"command\" or \"argv\": leave one out.")
        }
        let folder = try Self.projectFolder(directory, host)
        let all = ProjectScripts.find(in: folder)
        let found = ProjectScripts.named(script, among: all)
        if found.isEmpty {
            let known = all.isEmpty ? "there are none" : "there are " + all.prefix(30).map(\.name).joined(separator: ", ")
            throw ToolError(
                "No script \(JSON.string(script).text) in \(folder.path): \(known)\(all.count > 30 ? " and more (see scripts_list)" : "").")
        }
        guard found.count == 1 else {
            let names = found.map { JSON.string("\($0.source):\($0.name)").text }.joined(separator: ", ")
            throw ToolError("Several files have a script \(JSON.string(script).text): give one of \(names).")
        }
        return try Launch(found[0], in: folder, environment: environment, name: name)
    }

    /// Waits until the process has ended, or for `seconds`.
    static func untilEnd(_ call: Call, _ store: ProcessStore, _ id: String, _ seconds: Double?) async throws {
        let wake = try Wake(call, topic: Topic.end(id), seconds: seconds)
        defer { wake.close() }
        while let record = store.record(id), !record.status.isOver, !wake.isOver { try await wake.wait() }
    }

    /// What came of a run, beside what is known of the process.
    private struct RunOutcome {
        let mode: RunMode
        let wasRunning: Bool
        var notStreamed = 0
        var readiness: Readiness.Outcome?
        var readyNanoseconds: Int64 = 0
    }

    private static func runResult(_ record: ProcessRecord, _ outcome: RunOutcome) -> ToolResult {
        let now = ProcessStore.now()
        var text = record.sentence(now: now)
        guard case .object(var structured) = record.json(now: now) else { return .text(text) }
        if outcome.notStreamed > 0 { structured["notStreamed"] = JSON(outcome.notStreamed) }
        if outcome.wasRunning {
            structured["alreadyRunning"] = .bool(true)
            text = "It runs already (again: true starts a second one). " + text
        }
        switch outcome.readiness {
        case nil: break
        case .ready(let what)?:
            structured["ready"] = .bool(true)
            structured["readyBy"] = .string(what)
            structured["readyAfterMs"] = JSON(Int(outcome.readyNanoseconds / 1_000_000))
            text = "Ready after \(outcome.readyNanoseconds / 1_000_000) ms: \(what). " + text
        case .notYet(let seen)?:
            structured["ready"] = .bool(false)
            structured["notReady"] = .string(seen)
            text = "Not ready in time, it goes on: \(seen). " + text
        case .ended?:
            structured["ready"] = .bool(false)
            text = "It ended before it was ready. " + text
        }
        if outcome.mode == .background, !record.status.isOver || outcome.readiness == nil {
            text += ". Its output: logs_query or logs_follow with process \(record.id)."
        }
        if outcome.mode != .background || structured["ready"] == .bool(false) {
            if outcome.mode != .background, !record.status.isOver { text = "Time is up; it goes on in the background. " + text }
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
        members["alreadyRunning"] = Schema.described("boolean", "Nothing was started: this is the one that runs.")
        members["ready"] = Schema.described("boolean", "What readyText, readyPort or readyUrl asked for came true.")
        members["readyBy"] = Schema.described("string", "Which of them.")
        members["readyAfterMs"] = ["type": "integer"]
        members["notReady"] = Schema.described("string", "What was seen instead.")
        members["notStreamed"] = Schema.described("integer", "Lines that came too fast for this client and were not streamed.")
        return Schema.object(members, required: Schema.processRequired)
    }
}
