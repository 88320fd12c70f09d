import JSON
import MCP

func compile(_ schema: String, limits: SchemaLimits = .standard, assertFormats: Bool = false) throws -> Schema {
    try Schema.compile(json(schema), limits: limits, assertFormats: assertFormats)
}

/// What is wrong with a value, one line each.
func failures(_ schema: String, _ value: String, showingValues: Bool = true, assertFormats: Bool = false) throws -> [String] {
    try compile(schema, assertFormats: assertFormats).failures(of: json(value), atMost: 20, showingValues: showingValues)
        .map(\.description)
}

func accepts(_ schema: String, _ value: String) throws -> Bool { try compile(schema).validate(json(value)) == nil }

/// A document of any depth.
func deep(_ text: String) throws -> JSONValue {
    try JSONDocument(parsing: text, limits: JSONLimits(maxDepth: 1_000_000, maxBytes: 64 << 20)).root
}
