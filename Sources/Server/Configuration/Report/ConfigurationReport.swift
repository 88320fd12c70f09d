import JSON

/// A configuration for people and programs: every value with its source. Secrets are masked.
struct ConfigurationReport {
    private let loaded: LoadedConfiguration

    init(_ loaded: LoadedConfiguration) { self.loaded = loaded }

    /// What differs from the default has a star.
    var text: String {
        var text = ""
        if let file = loaded.file {
            text += "file: \(file.path)\(loaded.isWhole ? "" : " (not understood to its end)")\n"
        } else if case .named(let path) = loaded.location {
            text += "file: \(path) (not read)\n"
        } else if !loaded.isWhole, case .user(let path) = loaded.location {
            text += "file: \(path) (not read)\n"
        } else if let missing = loaded.missingFile {
            text += "file: none (\(missing) is not there; `ambit config init` makes it)\n"
        } else {
            text += "file: none\n"
        }
        if !loaded.problems.isEmpty {
            text += "a server would not start with it: see the end; a value that is wrong is shown as ?"
            text += loaded.isWhole ? "\n" : ", and what the file may still say is not shown\n"
        }
        for group in SettingTable.groups {
            let settings = loaded.settings.filter { setting in
                setting.definition.key != nil && setting.state != .unknown && group.settings.contains { $0.name == setting.definition.name }
            }
            guard !settings.isEmpty else { continue }
            var table = TextTable(["", "", "", ""])
            for setting in settings {
                table.add([setting.isChanged ? "*" : " ", setting.definition.name, setting.text, Self.source(setting)])
            }
            text += "\n\(group.title)\n" + Self.body(table)
        }
        return text + plugins
    }

    private static func source(_ setting: ResolvedSetting) -> String {
        switch setting.state {
        case .inForce: setting.isChanged ? "\(setting.source) (default \(setting.standard))" : "\(setting.source)"
        case .wrong: "\(setting.source), which is wrong"
        case .unknown: ""
        }
    }

    private var plugins: String {
        if !loaded.isWhole { return "\nPlugins to load: the file may name some\n" }
        if loaded.plugins.isEmpty { return "\nPlugins to load: none\n" }
        var text = "\nPlugins to load\n"
        for plugin in loaded.plugins {
            let source = plugin.source == .standard ? "ships" : "\(plugin.source)"
            let state = plugin.isEnabled ? "" : "  disabled"
            text += "\(plugin.source == .standard ? " " : "*") \(plugin.name ?? plugin.path)  \(source)\(state)\n"
            if plugin.name != nil { text += "    path    \(plugin.path)\n" }
            if let pin = plugin.pin { text += "    pin     \(pin)\n" }
            if plugin.maskedConfig != Array("{}".utf8) {
                text += "    config  \(String(decoding: plugin.maskedConfig, as: UTF8.self))\n"
            }
        }
        return text
    }

    /// Without the empty header and the blanks at line ends.
    private static func body(_ table: TextTable) -> String {
        var text = ""
        for line in table.text.split(separator: "\n", omittingEmptySubsequences: false).dropFirst() where !line.isEmpty {
            text += line + "\n"
        }
        return text
    }

    // MARK: - JSON

    var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("ok")
        writer.bool(loaded.problems.isEmpty)
        writer.key("file")
        if let file = loaded.file { writer.string(file.path) } else { writer.null() }
        writer.key("settings")
        writer.beginArray()
        for setting in loaded.settings where setting.definition.key != nil { Self.write(setting, &writer) }
        writer.endArray()
        writer.key("plugins")
        writer.beginArray()
        for plugin in loaded.plugins { Self.write(plugin, &writer) }
        writer.endArray()
        writer.key("problems")
        Self.write(loaded.problems.map(\.description), &writer)
        writer.key("warnings")
        Self.write(loaded.warnings, &writer)
        writer.endObject()
        return writer.bytes + [UInt8(ascii: "\n")]
    }

    private static func write(_ setting: ResolvedSetting, _ writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("name")
        writer.string(setting.definition.name)
        writer.key("value")
        switch setting.value {
        case _ where setting.state != .inForce: writer.null()
        case .list(let values) where !setting.isSecret: write(values, &writer)
        case .integer(let value) where !setting.isSecret: writer.int(value)
        case .number(let value) where !setting.isSecret: writer.double(value)
        case .toggle(let value) where !setting.isSecret: writer.bool(value)
        default: writer.string(setting.text)
        }
        writer.key("source")
        writer.string("\(setting.source)")
        if setting.state == .wrong {
            writer.key("wrong")
            writer.bool(true)
        }
        writer.key("changed")
        writer.bool(setting.isChanged)
        writer.key("default")
        writer.string(setting.standard)
        writer.endObject()
    }

    private static func write(_ plugin: ResolvedPlugin, _ writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("name")
        if let name = plugin.name { writer.string(name) } else { writer.null() }
        writer.key("path")
        writer.string(plugin.path)
        writer.key("enabled")
        writer.bool(plugin.isEnabled)
        writer.key("pin")
        if let pin = plugin.pin { writer.string("\(pin)") } else { writer.null() }
        writer.key("config")
        writer.raw(plugin.maskedConfig)
        writer.key("source")
        writer.string(plugin.source == .standard ? "ships" : "\(plugin.source)")
        writer.endObject()
    }

    private static func write(_ texts: [String], _ writer: inout JSONWriter) {
        writer.beginArray()
        for text in texts { writer.string(text) }
        writer.endArray()
    }
}
