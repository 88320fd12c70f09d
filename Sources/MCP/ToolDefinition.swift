package import JSON

/// A tool as it is listed. Schemas are the plugin's own JSON, never rebuilt: keywords, order and number text survive.
package struct ToolDefinition: Sendable {
    package let name: String
    package let title: String?
    package let description: String
    package let inputSchema: JSONValue
    package let outputSchema: JSONValue?
    package let annotations: JSONValue?
    package let icons: JSONValue?
    package let meta: JSONValue?
    /// Found once here, so that a call doesn't walk the schema.
    private let mirrored: [MirroredParameter]

    package init(
        name: String, title: String? = nil, description: String, inputSchema: JSONValue, outputSchema: JSONValue? = nil,
        annotations: JSONValue? = nil, icons: JSONValue? = nil, meta: JSONValue? = nil
    ) {
        self.name = name
        self.title = title
        self.description = description
        self.inputSchema = inputSchema
        self.outputSchema = outputSchema
        self.annotations = annotations
        self.icons = icons
        self.meta = meta
        self.mirrored = MirroredParameter.all(in: inputSchema)
    }

    /// Why the `Mcp-Param-…` headers of a modern HTTP call don't say what its arguments say; nil when they do. To be
    /// asked once the tool is found, and before it is called.
    package func headerMismatch(arguments: JSONValue?, headers: [(name: String, value: String)]) -> ProtocolError? {
        for parameter in mirrored {
            if let error = parameter.mismatch(arguments: arguments, headers: headers) { return error }
        }
        return nil
    }
}
