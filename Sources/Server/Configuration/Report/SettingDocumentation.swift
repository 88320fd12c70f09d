/// The tables of docs/configuration.md, made from the settings.
enum SettingDocumentation {
    static var markdown: String {
        var text = ""
        for group in SettingTable.groups {
            text += "### \(group.title)\n\n| key | flag | variable | default | for | meaning |\n|---|---|---|---|---|---|\n"
            for setting in group.settings {
                let key = setting.key.map { "`\($0)`" } ?? "[sections](#plugins)"
                text +=
                    "| \(key) | \(flag(setting)) | `\(setting.variable)` | \(standard(setting)) | \(programs(setting)) | \(setting.summary)"
                text += " Takes \(expected(setting)). |\n"
            }
            text += "\n"
        }
        return text
    }

    private static func flag(_ setting: SettingDefinition) -> String {
        if case .toggle = setting.type { "`--[no-]\(setting.flag)`" } else { "`--\(setting.flag)`" }
    }

    private static func standard(_ setting: SettingDefinition) -> String {
        let text = setting.standard(for: .serve)
        return text == "[]" || text.isEmpty ? "" : "`\(text)`"
    }

    /// Commands that take it; those that load plugins for themselves are not told apart.
    private static func programs(_ setting: SettingDefinition) -> String {
        setting.programs.contains(.tools) ? "all" : setting.programs.contains(.stdio) ? "`serve`, `stdio`" : "`serve`"
    }

    private static func expected(_ setting: SettingDefinition) -> String {
        if case .mapping = setting.type {
            return "\(setting.type.expected); flag and variable take `name=scope scope`, with `,` between the elements of the variable"
        }
        guard case .list(let separator) = setting.type else { return setting.type.expected }
        return "a list; the variable has `\(separator)` between the elements, the flag may be given several times"
    }
}
