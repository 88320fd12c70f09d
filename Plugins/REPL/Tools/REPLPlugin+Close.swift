internal import AmbitPlugin

extension REPLPlugin {
    var replClose: Tool {
        Tool(
            "repl_close",
            """
            Ends an interpreter with everything that it has started, and answers when nothing of it is left. What it evaluates ends with it.
            """,
            .string("repl", "The interpreter's name. Default: the only one.").optional,
            .session(.existing),
            title: "Close an interpreter", annotations: Annotations(readOnly: false, destructive: true, idempotent: true, openWorld: false),
            output: Schema.interpreter
        ) { [self] _, repl, session in
            let interpreter = try one(repl, in: session) { _ in false }
            interpreter.end("it was closed", grace: .seconds(1))
            do {
                try await interpreter.scope.close(Reason(.completed, "it was closed"))
            } catch let error as AmbitError where error.status == .closed || error.status == .staleHandle {
                // It has ended by itself.
            }
            if let session { store.remove(interpreter, from: session.key) }
            return .json(interpreter.json, text: "\(interpreter.name) is closed after \(interpreter.machine.evaluations) evaluations.")
        }
    }
}
