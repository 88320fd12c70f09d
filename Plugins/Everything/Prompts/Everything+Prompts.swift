internal import AmbitPlugin

extension Everything {
    @PromptsBuilder var fixedPrompts: [Prompt] {
        Prompt("test_simple_prompt", "A message without arguments.") { _ in .text("This is a simple prompt for testing.") }
        Prompt(
            "test_prompt_with_arguments", "A message with two arguments.", .argument("arg1", "The first."),
            .argument("arg2", "The second."),
            complete: { query in .init(["one", "two"].filter { $0.hasPrefix(query.value) }) }
        ) { _, arg1, arg2 in .text("Prompt with arguments: arg1='\(arg1)', arg2='\(arg2)'") }
        Prompt(
            "test_prompt_with_embedded_resource", "A message that holds a resource.", .argument("resourceUri", "The resource's URI.")
        ) { _, uri in
            .messages(
                .user(.embedded(uri: uri, text: "Embedded resource content for testing.")),
                .user("Please process the embedded resource above."))
        }
        Prompt("test_prompt_with_image", "A message that holds an image.") { _ in
            .messages(.user(.image(Samples.png, mimeType: "image/png")), .user("Please analyze the image above."))
        }
    }

    var askingPrompt: Prompt {
        Prompt("test_input_required_result_prompt", "A message that the person completes.") { call in
            let answer = try await call.elicit("user_context", "What context should the prompt use?", schema: Forms.context)
            return .text("Prompt with context: \(answer.content["context"]?.string ?? "none")")
        }
    }
}
