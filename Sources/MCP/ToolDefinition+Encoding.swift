import JSON

extension ToolDefinition {
    /// Writes the tool as a client of this version can read it. Members that its schema would refuse are left out;
    /// nothing is rewritten (A11).
    func write(to writer: inout JSONWriter, for version: ProtocolVersion) {
        writer.beginObject()
        writer.key("name")
        writer.string(name)
        if version >= .v2025_06_18 { writer.member("title", title) }
        writer.key("description")
        writer.string(description)
        writer.key("inputSchema")
        Self.write(schema: inputSchema, to: &writer, for: version)
        if let outputSchema, showsOutputSchema(in: version) {
            writer.key("outputSchema")
            Self.write(schema: outputSchema, to: &writer, for: version)
        }
        if version >= .v2025_03_26 { writer.member("annotations", annotations) }
        if version >= .v2025_11_25 { writer.member("icons", icons) }
        if version >= .v2025_06_18 { writer.member("_meta", meta) }
        writer.endObject()
    }

    /// Output schemas came with 2025-06-18, and until 2026-07-28 their root had to be of type object.
    package func showsOutputSchema(in version: ProtocolVersion) -> Bool {
        guard let outputSchema, version >= .v2025_06_18 else { return false }
        return version.era == .modern || outputSchema["type"]?.isString("object" as StaticString) == true
    }

    /// Legacy wants an object for each property of the root; a property that is `true` or `false` is left out there.
    private static func write(schema: JSONValue, to writer: inout JSONWriter, for version: ProtocolVersion) {
        guard version.era == .legacy, let properties = schema["properties"], properties.kind == .object,
            properties.members.contains(where: { $0.value.kind == .bool })
        else { return writer.raw(schema) }
        writer.beginObject()
        for (key, value) in schema.members {
            writer.key(escaping: key.string ?? "")
            guard key.isString("properties" as StaticString), value.kind == .object else {
                writer.raw(value)
                continue
            }
            writer.beginObject()
            for (name, property) in value.members where property.kind != .bool {
                writer.key(escaping: name.string ?? "")
                writer.raw(property)
            }
            writer.endObject()
        }
        writer.endObject()
    }
}
