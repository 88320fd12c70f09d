internal import AmbitPlugin

/// Rounds of questions. The host makes `input_required` results of them for clients of 2026-07-28, with a sealed state, and requests of the
/// server's own for older ones; a handler sees no difference.
extension Everything {
    @ToolsBuilder var inputRequiredTools: [Tool] {
        Tool("test_missing_capability", "Needs a client that has a model.") { call in
            .text("Sampling is there: \(try await call.sample("needs_sampling", "Are you there?", maxTokens: 10))")
        }
        Tool("test_input_required_result_elicitation", "Asks for a name, and greets.") { call in
            let answer = try await call.elicit("user_name", "What is your name?", schema: Forms.name)
            return .text("Hello, \(answer.content["name"]?.string ?? "stranger")!")
        }
        Tool("test_input_required_result_sampling", "Asks the client's model for a capital.") { call in
            let answer = try await call.sample("sample_request", "What is the capital of France?", maxTokens: 100)
            return .text("Sampling result: \(answer)")
        }
        Tool("test_input_required_result_list_roots", "Asks for the client's folders.") { call in
            .text("Found \(try await call.roots("roots_request").count) root(s)")
        }
        Tool("test_input_required_result_request_state", "Asks for a confirmation, with a state to carry.") { call in
            .text("state-ok: \(try await call.elicit("confirm", "Please confirm", schema: Forms.confirmation).text)")
        }
        Tool("test_input_required_result_tampered_state", "Asks for a confirmation, with a state that nobody can change.") { call in
            .text("integrity-ok: \(try await call.elicit("confirm", "Please confirm", schema: Forms.confirmation).text)")
        }
        Tool("test_input_required_result_multiple_inputs", "Asks for a name, a greeting and folders at once.") { call in
            let answers = try await call.ask([
                .elicitation("user_name", "What is your name?", schema: Forms.name),
                .sample("greeting", "Generate a greeting", maxTokens: 50), .roots("client_roots"),
            ])
            let name = try answers[0].elicitation.content["name"]?.string ?? "stranger"
            let greeting = Call.text(ofSample: try answers[1].result)
            return .text("Name: \(name). Greeting: \(greeting). Roots: \(try answers[2].roots.map(\.uri).joined(separator: ", ")).")
        }
        Tool("test_input_required_result_multi_round", "Asks for a name, then for a color.") { call in
            let name = try await call.elicit("step1", "Step 1: What is your name?", schema: Forms.name).content["name"]
            let color = try await call.elicit("step2", "Step 2: What is your favorite color?", schema: Forms.color).content["color"]
            return .text("\(name?.string ?? "Somebody")'s favorite color is \(color?.string ?? "unknown").")
        }
        Tool("test_input_required_result_capabilities", "Asks for all that the client says it can be asked.") { call in
            let declared = try JSON(parsing: call.context.clientCapabilities)
            var questions: [Question] = []
            if declared["elicitation"] != nil {
                questions.append(.elicitation("elicit_input", "What is your name?", schema: Forms.name))
            }
            if declared["sampling"] != nil { questions.append(.sample("sample_input", "Say something short", maxTokens: 50)) }
            if declared["roots"] != nil { questions.append(.roots("roots_input")) }
            guard !questions.isEmpty else { return .text("This client can be asked nothing") }
            let answers = try await call.ask(questions)
            return .text(try answers.map { "\($0.key): \(try $0.result.text)" }.joined(separator: "\n"))
        }
    }
}
