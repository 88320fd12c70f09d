import JSON
import PluginHost
import Scopes

/// The plugins of a server, running or not: as JSON for the control socket, and as a table for people.
enum PluginTable {
    static func write(_ server: Ambit, to writer: inout JSONWriter) {
        let instances = server.host.instances
        writer.key("plugins")
        writer.beginArray()
        for plugin in server.host.plugins {
            writer.beginObject()
            writer.key("name")
            writer.string(plugin.name ?? plugin.path)
            if let version = plugin.version {
                writer.key("version")
                writer.string(version)
            }
            writer.key("generation")
            writer.int(plugin.generation)
            writer.key("state")
            writer.string(plugin.state.rawValue)
            if let why = plugin.why {
                writer.key("reason")
                writer.string(why)
            }
            writer.key("tools")
            writer.beginArray()
            for tool in plugin.tools { writer.string(tool) }
            writer.endArray()
            writer.key("placement")
            writer.string("in process")
            // Of all its generations: an older one may still drain.
            let own = instances.filter { $0.name == plugin.name }
            writer.key("handles")
            writer.int(own.reduce(0) { $0 + $1.handleCount })
            writer.key("abandoned")
            writer.int(own.reduce(0) { $0 + $1.abandonedCount })
            writer.key("pinned")
            writer.int(own.reduce(0) { $0 + $1.pinnedCount })
            writer.key("path")
            writer.string(plugin.path)
            writer.endObject()
        }
        writer.endArray()
    }

    /// The number in the label of its scope, `name#generation`.
    static func generation(_ plugin: PluginInstance) -> Int {
        let label = plugin.scope.label
        return label.lastIndex(of: "#").flatMap { Int(label[label.index(after: $0)...]) } ?? 0
    }

    static func text(_ listing: JSONValue) -> String {
        var table = TextTable(["NAME", "VERSION", "GENERATION", "STATE", "TOOLS", "PLACEMENT", "HANDLES", "ABANDONED", "PINNED", "PATH"])
        var reasons = ""
        for plugin in listing["plugins"]?.elements.map({ $0 }) ?? [] {
            func number(_ key: StaticString) -> String { plugin[key]?.int64.map { "\($0)" } ?? "-" }
            func text(_ key: StaticString) -> String { plugin[key]?.string ?? "-" }
            table.add([
                text("name"), text("version"), number("generation"), text("state"), "\(plugin["tools"]?.count ?? 0)", text("placement"),
                number("handles"), number("abandoned"), number("pinned"), text("path"),
            ])
            if let reason = plugin["reason"]?.string { reasons += "\(text("name")): \(text("state")): \(reason)\n" }
        }
        guard listing["plugins"]?.count ?? 0 > 0 else { return "no plugins\n" }
        return table.text + reasons
    }
}
