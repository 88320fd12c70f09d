import JSON
import MCP
import PluginHost

/// Tools with their parameters: as JSON for the control socket, and as text for people, made from the schemas.
enum ToolListing {
    static func write(_ tools: [Tool], to writer: inout JSONWriter) {
        writer.key("tools")
        writer.beginArray()
        for tool in tools {
            writer.beginObject()
            writer.key("name")
            writer.string(tool.definition.name)
            if let title = tool.definition.title {
                writer.key("title")
                writer.string(title)
            }
            writer.key("description")
            writer.string(tool.definition.description)
            writer.key("plugin")
            writer.string(tool.plugin.name)
            writer.key("pluginVersion")
            writer.string(tool.plugin.version)
            writer.key("pluginSummary")
            writer.string(tool.plugin.summary)
            writer.key("inputSchema")
            writer.raw(tool.definition.inputSchema)
            if let schema = tool.definition.outputSchema {
                writer.key("outputSchema")
                writer.raw(schema)
            }
            writer.endObject()
        }
        writer.endArray()
    }

    /// - Parameter listing: what `write` has written, or the result of `tools/list`, which knows no plugins.
    static func text(_ listing: JSONValue) -> String {
        guard let tools = listing["tools"], tools.count > 0 else { return "no tools\n" }
        var text = ""
        var plugin = ""
        for tool in tools.elements {
            if let name = tool["plugin"]?.string, name != plugin {
                plugin = name
                text +=
                    "\(text.isEmpty ? "" : "\n")\(name) \(tool["pluginVersion"]?.string ?? "")  \(tool["pluginSummary"]?.string ?? "")\n"
            }
            text += describe(tool)
        }
        return text
    }

    static func describe(_ tool: JSONValue) -> String {
        var text = "\n  \(tool["name"]?.string ?? "")\n    \(tool["description"]?.string ?? "")\n"
        let schema = tool["inputSchema"]
        let required = Set((schema?["required"]?.elements).map { $0.compactMap(\.string) } ?? [])
        guard let properties = schema?["properties"] else { return text }
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
