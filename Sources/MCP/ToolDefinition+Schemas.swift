import JSON

extension ToolDefinition {
    /// Why calls of this tool couldn't be checked: what is wrong with its schemas, one sentence each. To be asked together
    /// with ``problems()``; costs some 15 µs for a usual tool.
    package func schemaProblems() -> [String] {
        [("inputSchema", inputSchema), ("outputSchema", outputSchema)].compactMap { name, schema in
            guard let schema, schema.kind == .object || schema.kind == .bool else { return nil }
            do throws(SchemaError) {
                _ = try Schema.compile(schema)
                return nil
            } catch {
                return "\(name) can't be used: \(error)"
            }
        }
    }
}
