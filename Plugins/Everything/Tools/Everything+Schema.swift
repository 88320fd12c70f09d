internal import AmbitPlugin

extension Everything {
    /// A schema that no declaration of parameters could make: clients must get all of it as it stands here.
    var schemaTool: Tool {
        Tool(
            "json_schema_2020_12_tool", "Takes arguments that need the whole of JSON Schema 2020-12.", inputSchema: Self.contact
        ) { _, arguments in .text("JSON Schema 2020-12 tool called with: \(arguments.text)") }
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
