internal import AmbitPlugin

extension LogsPlugin {
    var processWrite: Tool {
        Tool(
            "process_write",
            """
            Writes to the input of a process that process_run started with input or pty. Answers when the program's side has taken it. \
            A program that reads lines needs a line break at the end.
            """,
            .string("process", "The id that process_run gave."),
            .string("text", "What to write; control characters too (pty: \\u0003 interrupts, \\u0004 ends the input).", default: ""),
            .boolean("close", "Close the input afterwards: the program reads its end.", default: false),
            .session(.existing),
            title: "Write to a process", annotations: Annotations(readOnly: false, destructive: true, idempotent: false, openWorld: true),
            output: Schema.object(
                JSON.Object([("process", ["type": "string"]), ("written", Schema.described("integer", "Bytes."))]),
                required: ["process", "written"])
        ) { [store] _, id, text, close, session in
            let record = try store.find(id, in: session)
            guard record.takesInput else {
                throw ToolError("\(id) has no input: process_run gives it one with input: true or pty: true.")
            }
            guard let process = store.process(id) else { throw ToolError("\(id) \(record.state): it reads nothing any more.") }
            if !text.isEmpty {
                do {
                    try await process.write(text)
                } catch let error as AmbitError where error.status != .cancelled {
                    throw ToolError("\(id) took no more input: it has closed it, or has ended.")
                }
            }
            if close { process.closeInput() }
            let count = text.utf8.count
            return .json(
                .object(["process": .string(id), "written": JSON(count)]),
                text: "\(count) bytes written to \(id)\(close ? "; its input is closed" : "")")
        }
    }
}
