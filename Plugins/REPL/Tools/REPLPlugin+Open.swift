internal import AmbitPlugin

extension REPLPlugin {
    var replOpen: Tool {
        Tool(
            "repl_open",
            """
            Opens an interpreter and answers when it is ready. Only needed for a second one of a language, or for one with a program, \
            folder or environment of its own; repl_eval opens what it needs. The interpreter, with everything that it starts, ends when \
            the session ends, or by repl_close.
            """,
            .choice("language", "What it evaluates.", Language.self),
            .string("name", "What to call it. Default: the language, with a number where that is open.", length: 1...64).optional,
            .string("program", "The program to run instead of the one in PATH, such as .venv/bin/python.").optional,
            .string("cwd", "Working directory. Default: the server's.").optional,
            .stringMap("env", "Environment variables to add to the server's.").optional,
            .integer(
                "port", "browser: the debugging port of one that runs already on this machine (chromium --remote-debugging-port=9222).",
                in: 1...65535
            ).optional,
            .string(
                "page",
                """
                With port: what the title, address or id of an open page contains, to work in that one. Default: a page of its own, apart from \
                the person's.
                """
            ).optional,
            .number("timeoutSeconds", "How long it may take.", default: 30, in: 0.05...600),
            .session(idle: .seconds(4 * 3600)),
            title: "Open an interpreter", annotations: Annotations(readOnly: false, destructive: false, idempotent: false, openWorld: true),
            output: Schema.interpreter
        ) { [self] call, language, name, given, directory, environment, port, page, seconds, session in
            guard page == nil || port != nil else {
                throw ToolError("\"page\" needs \"port\": it is a page of a browser that runs already.")
            }
            let program = try Program(
                language, given: given, directory: directory, environment: environment ?? [], search: Program.search,
                attachment: port.map { Program.Attachment(port: $0, page: page) })
            let limit = Duration.nanoseconds(Int64(seconds * 1e9))
            let (interpreter, _) = try open(program, name: name, orUseLive: false, limit: limit, in: session)
            // Its first turn comes when it is ready.
            do {
                interpreter.leave(try await Turn(call: call, interpreter: interpreter).wait())
            } catch is NotRun {
                let words = interpreter.lastWords ?? LastWords()
                store.remove(interpreter, from: session.key)
                throw ToolError("\(port.map { "The browser on port \($0)" } ?? program.path) \(words.account)")
            }
            return .json(interpreter.json, text: interpreter.sentence)
        }
    }
}
