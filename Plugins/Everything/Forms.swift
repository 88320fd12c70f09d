internal import AmbitPlugin

/// Schemas of what a person is asked for.
enum Forms {
    static let name = object(["name": ["type": "string"]], required: ["name"])
    static let color = object(["color": ["type": "string"]], required: ["color"])
    static let confirmation = object(["ok": ["type": "boolean"]], required: ["ok"])
    static let context = object(["context": ["type": "string"]], required: ["context"])

    static func object(_ properties: JSON, required: [String] = []) -> JSON {
        ["type": "object", "properties": properties, "required": JSON(required)]
    }
}
