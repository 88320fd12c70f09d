import JSON
import PluginHost
import Scopes

/// The plugins of a server: as JSON for the control socket, and as a table for people.
enum PluginTable {
    static func write(_ server: Ambit, to writer: inout JSONWriter) {
        let tools = server.host.catalog.tools()
        writer.key("plugins")
        writer.beginArray()
        for plugin in server.host.instances {
            writer.beginObject()
            writer.key("name")
            writer.string(plugin.name)
            writer.key("version")
            writer.string(plugin.version)
            writer.key("generation")
            writer.int(generation(plugin))
            writer.key("state")
            writer.string("\(plugin.state)")
            writer.key("tools")
            writer.int(tools.count { $0.plugin === plugin })
            writer.key("placement")
            writer.string("in process")
            writer.key("handles")
            writer.int(plugin.handleCount)
            writer.key("abandoned")
            writer.int(plugin.abandonedCount)
            writer.key("pinned")
            writer.int(plugin.pinnedCount)
            writer.key("path")
            writer.string(plugin.path)
            writer.endObject()
        }
        writer.endArray()
        writer.key("errors")
        writer.beginArray()
        for error in server.pluginErrors { writer.string("\(error)") }
        writer.endArray()
    }

    /// The number in the label of its scope, `name#generation`.
    static func generation(_ plugin: PluginInstance) -> Int {
        plugin.scope.label.lastIndex(of: "#").flatMap { Int(plugin.scope.label[plugin.scope.label.index(after: $0)...]) } ?? 0
    }

    static func text(_ listing: JSONValue) -> String {
        var table = TextTable(["NAME", "VERSION", "GENERATION", "STATE", "TOOLS", "PLACEMENT", "HANDLES", "ABANDONED", "PINNED", "PATH"])
        let plugins = listing["plugins"]?.elements.map { $0 } ?? []
        for plugin in plugins {
            func number(_ key: StaticString) -> String { plugin[key]?.int64.map { "\($0)" } ?? "-" }
            func text(_ key: StaticString) -> String { plugin[key]?.string ?? "-" }
            table.add([
                text("name"), text("version"), number("generation"), text("state"), number("tools"), text("placement"), number("handles"),
                number("abandoned"), number("pinned"), text("path"),
            ])
        }
        var result = plugins.isEmpty ? "no plugins\n" : table.text
        for error in listing["errors"]?.elements.map({ $0 }) ?? [] { result += "not loaded: \(error.string ?? "")\n" }
        return result
    }
}
