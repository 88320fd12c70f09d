internal import AmbitPlugin

/// JSON Schemas of what the tools answer. Other members may be added later.
enum Schema {
    static let process = object(members, required: processRequired)

    static let processMembers: JSON.Object = members

    static let processRequired = ["process", "name", "status", "startedAt", "runTimeMs", "lines", "bytes", "cursor"]

    static let line = object(
        JSON.Object([
            ("cursor", ["type": "integer"]), ("stream", ["type": "string", "enum": ["stdout", "stderr"]]),
            ("time", ["type": "string"]), ("level", ["type": "string", "enum": JSON(LineLevel.allCases.map(\.rawValue))]),
            ("text", ["type": "string"]), ("context", described("boolean", "It did not match: it stands next to a line that did.")),
            ("repeats", described("integer", "It stands for so many lines, up to lastCursor.")), ("lastCursor", ["type": "integer"]),
        ]), required: ["cursor", "stream", "time", "text"])

    static let status: JSON = ["type": "string", "enum": JSON(ProcessStatus.allCases.map(\.rawValue))]

    static func object(_ members: JSON.Object, required: [String]) -> JSON {
        .object(["type": "object", "properties": .object(members), "required": JSON(required)])
    }

    static func list(of element: JSON) -> JSON { ["type": "array", "items": element] }

    static func described(_ type: String, _ description: String) -> JSON {
        ["type": .string(type), "description": .string(description)]
    }

    private static let members = JSON.Object([
        ("process", described("string", "Its id: pass it as \"process\" to the other tools.")),
        ("name", ["type": "string"]),
        ("command", ["type": "string"]),
        ("cwd", ["type": "string"]),
        ("kept", described("boolean", "It belongs to the plugin and not to a session.")),
        ("status", status),
        ("pid", ["type": "integer"]),
        ("exitCode", ["type": "integer"]),
        ("signal", described("string", "The signal that killed it, such as SIGKILL.")),
        ("startedAt", ["type": "string"]),
        ("runTimeMs", ["type": "integer"]),
        ("lines", described("integer", "Lines that it has written so far.")),
        ("bytes", described("integer", "Bytes that it has written so far.")),
        ("cursor", described("integer", "Cursor of its newest line.")),
        ("urls", list(of: ["type": "string"])),
        ("session", ["type": "string"]),
    ])
}
