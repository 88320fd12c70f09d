internal import AmbitPlugin

extension Everything {
    /// What takes its time: clients that know tasks get one, and ask for the result when they like.
    @ToolsBuilder var jobTools: [Tool] {
        Tool.inline("greet", "Greets somebody.", .string("name", "Whom.")) { _, name in .text("Hello, \(name)!") }
        Tool(
            "slow_compute", "Computes for a while.", .number("seconds", "For how long.", default: 1, in: 0...3600),
            .string("label", "What it is called.", default: "result"), task: .optional
        ) { call, seconds, label in
            let steps = max(1, Int(seconds.rounded(.up)))
            for step in 1...steps {
                try await call.scope.sleep(for: .seconds(seconds) / steps)
                call.progress(Double(step), of: Double(steps), label)
            }
            return .json(["label": .string(label), "computed": true], text: "Computed \(label) for \(seconds) s")
        }
        Tool("failing_job", "Fails after a second, as a tool does.", task: .required) { call in
            try await call.scope.sleep(for: .seconds(1))
            throw ToolError("The job failed, as it always does")
        }
        Tool("protocol_error_job", "Fails after a second, with an error of the protocol.", task: .optional) { call in
            try await call.scope.sleep(for: .seconds(1))
            throw CallFailure(code: -32603, "The job ended with an error of the protocol")
        }
        Tool(
            "confirm_delete", "Asks before it deletes a file that there is not.", .string("filename", "Which."), task: .optional
        ) { call, filename in
            let form = Forms.object(["confirm": ["type": "boolean"]], required: ["confirm"])
            let answer = try await call.elicit("confirm", "Delete \(filename)?", schema: form)
            return .text(answer.content["confirm"] == true ? "Deleted \(filename)" : "Kept \(filename)")
        }
        Tool("multi_input", "Asks two things at once.", task: .optional) { call in
            let form = Forms.object(["name": ["type": "string"]])
            let answers = try await call.ask([
                .elicitation("first", "What is the first name?", schema: form),
                .elicitation("second", "What is the second name?", schema: form),
            ])
            return .text(try answers.map { "\($0.key): \(try $0.elicitation.text)" }.joined(separator: "\n"))
        }
        Tool("test_tool_with_task", "Works for a second, in three steps.", task: .optional) { call in
            for step in 1...3 {
                try await call.scope.sleep(for: .seconds(1) / 3)
                call.progress(Double(step), of: 3)
            }
            return .text("Task completed")
        }
    }
}
