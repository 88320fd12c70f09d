internal import AmbitPlugin

extension Everything {
    /// A schema that no declaration of parameters could make: clients must get all of it as it stands here.
    var schemaTool: Tool {
        Tool(
            "json_schema_2020_12_tool", "Takes arguments that need the whole of JSON Schema 2020-12.", inputSchema: Self.contact
        ) { _, arguments in .text("JSON Schema 2020-12 tool called with: \(arguments.text)") }
    }

    /// What else a tool says of itself: what its result looks like, what it does to the world, how it is shown, and which argument is a header, too.
    var describedTool: Tool {
        Tool.inline(
            "test_described_tool", "Adds two numbers, somewhere.",
            .integer("a", "The one."), .integer("b", "The other.", default: 1),
            .string("region", "Where; clients of 2026-07-28 send it as Mcp-Param-Region, too.", default: "here").header("Region"),
            title: "Described tool",
            annotations: Annotations(readOnly: true, destructive: false, idempotent: true, openWorld: false, title: "Adds two numbers"),
            output: [
                "type": "object", "required": ["sum", "region"],
                "properties": ["sum": ["type": "integer"], "region": ["type": "string"]],
            ],
            icons: [Icon("data:image/png;base64,\(Samples.pngText)", mimeType: "image/png", sizes: ["1x1"], theme: .light)]
        ) { _, a, b, region in
            let (sum, isTooLarge) = a.addingReportingOverflow(b)
            guard !isTooLarge else { throw ToolError("the sum of a and b is too large") }
            return .json(["sum": JSON(sum), "region": .string(region)])
        }
    }

    private static let contact: JSON = [
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "$defs": [
            "address": [
                "$anchor": "addressDef", "type": "object",
                "properties": ["street": ["type": "string"], "city": ["type": "string"]],
            ]
        ],
        "properties": [
            "name": ["type": "string"], "address": ["$ref": "#/$defs/address"],
            "contactMethod": ["type": "string", "enum": ["phone", "email"]], "phone": ["type": "string"], "email": ["type": "string"],
        ],
        "allOf": [["anyOf": [["required": ["phone"]], ["required": ["email"]]]]],
        "if": ["properties": ["contactMethod": ["const": "phone"]], "required": ["contactMethod"]],
        "then": ["required": ["phone"]],
        "else": ["required": ["email"]],
        "additionalProperties": false,
    ]
}
