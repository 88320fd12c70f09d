internal import AmbitPlugin

extension Everything {
    /// What clients are asked while a tool runs.
    @ToolsBuilder var askingTools: [Tool] {
        Tool("test_sampling", "Asks the client's model.", .string("prompt", "What the model is asked.")) { call, prompt in
            .text("LLM response: \(try await call.sample("sample", prompt, maxTokens: 100))")
        }
        Tool("test_elicitation", "Asks for a name and an address.", .string("message", "What the person is told.")) { call, message in
            let form = Forms.object(
                [
                    "username": ["type": "string", "description": "The user's name"],
                    "email": ["type": "string", "format": "email", "description": "The user's address"],
                ], required: ["username", "email"])
            return .text("User response: \(try await call.elicit("response", message, schema: form).text)")
        }
        Tool("test_elicitation_url", "Asks the person to open a page.", .string("message", "What the person is told.")) { call, message in
            let answer = try await call.elicit("page", message, url: "https://example.com/ambit")
            return .text("Page: action=\(answer.action)")
        }
        Tool("test_elicitation_sep1034_defaults", "Asks with a form that has a default for each type.") { call in
            let message = "Please review and update the form fields with defaults"
            return .text("Elicitation completed: \(try await call.elicit("form", message, schema: Self.defaults).text)")
        }
        Tool("test_elicitation_sep1330_enums", "Asks with a form that has each kind of choice.") { call in
            let message = "Please select options from the enum fields"
            return .text("Elicitation completed: \(try await call.elicit("form", message, schema: Self.choices).text)")
        }
    }

    private static let defaults = Forms.object([
        "name": ["type": "string", "description": "The user's name", "default": "John Doe"],
        "age": ["type": "integer", "description": "The user's age", "default": 30],
        "score": ["type": "number", "description": "The user's score", "default": 95.5],
        "status": [
            "type": "string", "description": "The user's status", "enum": ["active", "inactive", "pending"], "default": "active",
        ],
        "verified": ["type": "boolean", "description": "Whether the user is verified", "default": true],
    ])

    private static let choices = Forms.object([
        "untitledSingle": ["type": "string", "description": "One option", "enum": ["option1", "option2", "option3"]],
        "titledSingle": ["type": "string", "description": "One option, by its title", "oneOf": titled("Option")],
        "legacyEnum": [
            "type": "string", "description": "One option, as it was first done", "enum": ["opt1", "opt2", "opt3"],
            "enumNames": ["Option One", "Option Two", "Option Three"],
        ],
        "untitledMulti": [
            "type": "array", "description": "Up to three options", "minItems": 1, "maxItems": 3,
            "items": ["type": "string", "enum": ["option1", "option2", "option3"]],
        ],
        "titledMulti": [
            "type": "array", "description": "Up to three options, by their titles", "minItems": 1, "maxItems": 3,
            "items": ["anyOf": titled("Choice")],
        ],
    ])

    private static func titled(_ noun: String) -> JSON {
        [
            ["const": "value1", "title": "First \(noun)"], ["const": "value2", "title": "Second \(noun)"],
            ["const": "value3", "title": "Third \(noun)"],
        ]
    }
}
