internal import AmbitPlugin

extension REPLPlugin {
    private static let description = """
        Evaluates code in an interpreter that keeps its state: what one evaluation defines, imports or changes is there in the next. Opens \
        the interpreter of the language where none is open. Answers with the value of the last expression (readable, and as JSON where it \
        can be), what was written to stdout and stderr, and apart from them an exception; images that are shown (matplotlib) come back as \
        images. Python and Node.js await at top level. A shell's value is the exit status. A browser evaluates JavaScript in its page, \
        whose console messages and network failures come as output; repl_page goes to a page and shows it. Evaluations of one interpreter \
        run one after the other. One that takes too long is interrupted, and the state is kept; where it does not heed that, the \
        interpreter is ended and the answer says that the state is lost. Code reads nothing from its standard input. The interpreter, with \
        everything that it starts, ends when the session ends.
        """

    var replEval: Tool {
        Tool(
            "repl_eval", Self.description,
            .choice("language", "What the code is written in. Not needed with \"repl\".", Language.self).optional,
            .string("code", "The code, of any number of lines."),
            .number("timeoutSeconds", "It is interrupted after this long.", default: 50, in: 0.01...86400),
            .string("repl", "The name of an open interpreter, where a session has several of a language.").optional,
            .integer(
                "maxOutput", "At most so many bytes of each output, and characters of the value; the answer says how much is left out.",
                default: 16 << 10, in: 256...1 << 20),
            .session(idle: .seconds(4 * 3600)),
            title: "Evaluate code", annotations: Annotations(readOnly: false, destructive: true, idempotent: false, openWorld: true),
            output: Self.evalOutput, idleLimit: .none, totalLimit: .none, handler: evaluate)
    }

    private func evaluate(
        _ call: Call, _ language: Language?, _ code: String, _ seconds: Double, _ repl: String?, _ limit: Int, _ session: Session
    ) async throws -> ToolResult {
        guard code.utf8.count <= Limits.code else {
            throw ToolError("\"code\" has \(code.utf8.count) bytes; \(Limits.code) are the most. Put it into a file and load that.")
        }
        guard !code.utf8.contains(0) else { throw ToolError("\"code\" contains a zero byte.") }
        let opened = try interpreter(repl, language, in: session)
        return try await evaluate(call, .code(code), in: opened, seconds, limit)
    }

    func evaluate(
        _ call: Call, _ work: Work, in opened: (interpreter: Interpreter, isNew: Bool, before: LastWords?), _ seconds: Double, _ limit: Int
    ) async throws -> ToolResult {
        let evaluation = Evaluation(
            call: call, interpreter: opened.interpreter, work: work, timeout: .nanoseconds(Int64(seconds * 1e9)), limit: limit)
        return EvaluationResult(
            interpreter: opened.interpreter, done: try await evaluation.run(), isNew: opened.isNew, before: opened.before
        ).toolResult()
    }

    static var evalOutput: JSON {
        Schema.object(
            JSON.Object([
                ("repl", Schema.described("string", "The interpreter's name.")), ("language", Schema.language),
                ("status", ["type": "string", "enum": JSON(Outcome.Status.allCases.map(\.rawValue))]),
                (
                    "state",
                    ["type": "string", "enum": ["kept", "lost"], "description": "lost: the interpreter has ended, the next begins anew."]
                ),
                ("opened", Schema.described("boolean", "This call has opened the interpreter.")),
                ("evaluation", Schema.described("integer", "Number of the evaluation in its interpreter.")),
                ("durationMs", ["type": "integer"]),
                (
                    "value",
                    Schema.described(
                        "object",
                        """
                        Of the last expression: repr, type, and json, in which {"$type", "repr"} stands for what JSON can't say. "omitted" \
                        and "omittedCharacters" count what is left out.
                        """)
                ),
                ("exception", Schema.described("object", "type, message, traceback.")),
                ("stdout", ["type": "string"]), ("stderr", ["type": "string"]),
                ("omitted", Schema.described("object", "Bytes of stdout and stderr that are left out.")),
                ("background", Schema.described("string", "What was written between the last evaluation and this one.")),
                ("images", Schema.described("integer", "How many images follow in the content.")), ("omittedImages", ["type": "integer"]),
                ("notStreamed", Schema.described("integer", "Lines that came too fast for this client and were not streamed.")),
                ("ended", Schema.described("object", "How the interpreter ended: exitCode, signal, reason, stderr.")),
                ("before", Schema.described("object", "How the interpreter before this one ended.")),
            ]),
            required: ["repl", "language", "status", "state", "opened", "evaluation", "durationMs", "stdout", "stderr"])
    }
}
