internal import AmbitPlugin

/// JSON Schemas of what the tools answer. Other members may be added later.
enum Schema {
    static var interpreter: JSON {
        object(
            JSON.Object([
                ("repl", described("string", "Its name: pass it as \"repl\" to the other tools.")), ("language", language),
                ("status", ["type": "string", "enum": ["starting", "idle", "busy", "ended"]]),
                ("version", ["type": "string"]), ("program", ["type": "string"]), ("pid", ["type": "integer"]),
                ("cwd", ["type": "string"]), ("evaluations", ["type": "integer"]),
                ("waiting", described("integer", "Evaluations that wait for their turn.")),
                (
                    "droppedAnswers",
                    described("integer", "Answers to no evaluation that was under way: late ones, second ones, strange ones.")
                ),
                ("ended", described("object", "How it ended: exitCode, signal, reason, stderr.")),
            ]), required: ["repl", "language", "status", "program", "evaluations", "waiting"])
    }

    static var language: JSON { ["type": "string", "enum": JSON(Language.allCases.map(\.rawValue))] }

    static func object(_ members: JSON.Object, required: [String]) -> JSON {
        .object(["type": "object", "properties": .object(members), "required": JSON(required)])
    }

    static func described(_ type: String, _ description: String) -> JSON {
        ["type": .string(type), "description": .string(description)]
    }
}
