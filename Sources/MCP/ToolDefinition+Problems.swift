import JSON

extension ToolDefinition {
    /// What keeps this tool from being offered, one sentence each; empty when it is fine. To be asked when a plugin
    /// registers it: clients drop such a tool silently, or a suite fails it.
    package func problems() -> [String] {
        var problems: [String] = []
        if !Self.isName(name) {
            problems.append("the name '\(name)' must be 1 to 64 of A-Z, a-z, 0-9, '_', '-' and '.'")
        }
        if description.utf8.allSatisfy({ $0 <= 0x20 }) { problems.append("the description is empty") }
        if inputSchema.kind != .object {
            problems.append("inputSchema must be an object")
        } else if inputSchema["type"]?.isString("object" as StaticString) != true {
            problems.append("inputSchema must have \"type\": \"object\" at its root")
        } else {
            problems += ParameterHeader.problems(in: inputSchema)
        }
        if let outputSchema, outputSchema.kind != .object, outputSchema.kind != .bool {
            problems.append("outputSchema must be an object or a boolean")
        }
        for (member, value) in [("annotations", annotations), ("_meta", meta)] {
            if let value, value.kind != .object { problems.append("\(member) must be an object") }
        }
        if let icons, icons.kind != .array { problems.append("icons must be an array") }
        return problems
    }

    static func isName(_ name: String) -> Bool {
        (1...64).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
    }
}
