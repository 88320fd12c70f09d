import JSON
import MCP
package import PluginHost

/// Tools and their parameters as text for people, made from the schemas.
package enum ToolListing {
    package static func text(_ tools: [Tool]) -> String {
        if tools.isEmpty { return "no tools\n" }
        var text = ""
        var plugin = ""
        for tool in tools {
            if tool.plugin.name != plugin {
                plugin = tool.plugin.name
                text += "\(text.isEmpty ? "" : "\n")\(plugin) \(tool.plugin.version)  \(tool.plugin.summary)\n"
            }
            text += describe(tool.definition)
        }
        return text
    }

    static func describe(_ tool: ToolDefinition) -> String {
        var text = "\n  \(tool.name)\n    \(tool.description)\n"
        let required = Set((tool.inputSchema["required"]?.elements).map { $0.compactMap(\.string) } ?? [])
        guard let properties = tool.inputSchema["properties"] else { return text }
        for (key, schema) in properties.members {
            guard let name = key.string else { continue }
            var line = "    \(name): \(type(of: schema))"
            if let value = schema["default"] { line += " = \(String(decoding: value.compact, as: UTF8.self))" }
            if required.contains(name) { line += " (required)" }
            if let about = schema["description"]?.string { line += "  \(about)" }
            text += line + "\n"
        }
        return text
    }

    private static func type(of schema: JSONValue) -> String {
        if let values = schema["enum"] {
            return values.elements.map { String(decoding: $0.compact, as: UTF8.self) }.joined(separator: " | ")
        }
        guard let type = schema["type"] else { return "any" }
        if let name = type.string {
            if name == "array", let items = schema["items"] { return "[\(Self.type(of: items))]" }
            return name
        }
        return type.elements.compactMap(\.string).joined(separator: " | ")
    }
}
