import JSON

/// The compiled schemas of a tool: what its arguments and its structured content are checked with.
package struct ToolSchemas: Sendable {
    /// Nil where any object will do: then nothing is checked.
    package let input: Schema?
    package let output: Schema?
    /// Why calls of this tool couldn't be checked, one sentence each; empty when they can.
    package let problems: [String]

    /// To be made when a plugin registers a tool, together with its ``ToolDefinition/problems()``; costs some 15 µs for a usual one.
    package init(_ definition: ToolDefinition) {
        var problems: [String] = []
        func compile(_ name: StaticString, _ schema: JSONValue?) -> Schema? {
            guard let schema, schema.kind == .object || schema.kind == .bool else { return nil }
            do throws(SchemaError) {
                return try Schema.compile(schema)
            } catch {
                problems.append("\(name) can't be used: \(error)")
                return nil
            }
        }
        let input = Self.takesAnyObject(definition.inputSchema) ? nil : compile("inputSchema", definition.inputSchema)
        output = compile("outputSchema", definition.outputSchema)
        self.input = input
        self.problems = problems
    }

    /// Whether a schema says no more than that the value is an object, which arguments always are.
    private static func takesAnyObject(_ schema: JSONValue) -> Bool {
        schema.kind == .object
            && schema.members.allSatisfy { key, value in
                switch key.string {
                case "type": value.isString("object" as StaticString)
                case "properties": value.kind == .object && value.count == 0
                case "title", "description", "$comment": value.kind == .string
                default: false
                }
            }
    }
}
