/// A commented configuration file with every setting at its default.
enum ExampleConfiguration {
    static var text: String {
        var text = """
            # The configuration of Ambit. What is commented out shows the default; docs/configuration.md explains the rest.
            # Flags and AMBIT_ variables win over this file. `ambit config check` prints what is in force, and where it comes from.

            """
        for group in SettingTable.groups {
            text += "\n# --- \(group.title) \(String(repeating: "-", count: max(3, 100 - group.title.utf8.count)))\n"
            for setting in group.settings where setting.key != nil {
                text += "\n# \(setting.summary)\n# Takes \(setting.type.expected).\n#\(setting.name): \(setting.standard(for: .serve))\n"
            }
            if group.settings.contains(where: { $0.name == "plugins" }) { text += plugins }
        }
        return text
    }

    private static let plugins = """

        # One section for each plugin, under its name. A plugin that ships needs no path; paths are relative to this file.
        # In texts, ${file:/path} and ${env:NAME} stand for what the file or the variable holds.
        #plugins:
        #  logs:
        #    enabled: true
        #  weather:
        #    path: plugins/libweather.so
        #    pin: sha256:0000000000000000000000000000000000000000000000000000000000000000
        #    config:
        #      city: Reykjavik
        #      api-key: ${file:/run/secrets/weather}

        """
}
