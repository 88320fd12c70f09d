internal import AmbitPlugin

extension REPLPlugin {
    var replInterrupt: Tool {
        Tool(
            "repl_interrupt",
            """
            Interrupts what an interpreter evaluates, as Ctrl-C does, and answers when that has ended. Its state is kept; where the code \
            does not heed the interrupt within the grace, the interpreter is ended and its state is lost. Evaluations that wait for their \
            turn go on. It is no error if nothing is evaluated.
            """,
            .string("repl", "The interpreter's name. Default: the one that is busy, where that is clear.").optional,
            .number("graceSeconds", "Until the interpreter is ended.", default: 3, in: 0.05...60),
            .session(.existing),
            title: "Interrupt", annotations: Annotations(readOnly: false, destructive: true, idempotent: true, openWorld: false),
            output: Schema.object(
                JSON.Object([
                    ("repl", ["type": "string"]), ("interrupted", Schema.described("boolean", "Something was evaluated.")),
                    ("state", ["type": "string", "enum": JSON(Interrupt.Fate.allCases.map(\.rawValue))]),
                ]), required: ["repl", "interrupted", "state"])
        ) { [self] call, repl, grace, session in
            let interpreter = try one(repl, in: session) { $0.machine.running != nil }
            guard let running = interpreter.machine.running else {
                return Self.interrupted(interpreter, interpreter.lastWords == nil ? .kept : .lost, wasBusy: false)
            }
            let interrupt = Interrupt(interpreter: interpreter, id: running.id, grace: .nanoseconds(Int64(grace * 1e9)))
            // Refused where it has ended meanwhile.
            try? interrupt.start()
            return Self.interrupted(interpreter, try await interrupt.wait(in: call.scope), wasBusy: true)
        }
    }

    /// The interpreter of a name, or the only one that will do.
    func one(_ repl: String?, in session: Session?, prefer: (Interpreter) -> Bool) throws -> Interpreter {
        let all = session.map { store.interpreters(of: $0.key) } ?? []
        if let repl {
            guard let found = all.first(where: { $0.name == repl }) else { throw UnknownInterpreter(repl, all) }
            return found
        }
        let live = all.filter { $0.lastWords == nil }
        let preferred = live.filter(prefer)
        if let only = preferred.count == 1 ? preferred.first : live.count == 1 ? live.first : nil { return only }
        guard !live.isEmpty else {
            let hint = session == nil ? "; one is found with its session's handle as \"session\"" : " in this session"
            throw ToolError("No interpreter is open\(hint).")
        }
        throw ToolError("Several interpreters are open: say which as \"repl\": \(live.map(\.name).joined(separator: ", ")).")
    }

    private static func interrupted(_ interpreter: Interpreter, _ fate: Interrupt.Fate, wasBusy: Bool) -> ToolResult {
        let text =
            switch (wasBusy, fate) {
            case (false, .kept): "\(interpreter.name) evaluates nothing."
            case (true, .kept): "\(interpreter.name) was interrupted; its state is kept."
            case (_, .lost): "\(interpreter.name) \(interpreter.lastWords?.sentence ?? "has ended"); its state is lost."
            }
        return .json(
            .object(["repl": .string(interpreter.name), "interrupted": .bool(wasBusy), "state": .string(fate.rawValue)]), text: text)
    }
}
