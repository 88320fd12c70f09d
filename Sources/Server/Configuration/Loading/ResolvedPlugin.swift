import PluginHost

/// A plugin of a configuration, with where it comes from.
struct ResolvedPlugin: Sendable {
    /// Its name where the configuration knows it; else it is known only after loading.
    let name: String?
    let path: String
    let isEnabled: Bool
    let pin: PluginPin?
    let config: [UInt8]
    let maskedConfig: [UInt8]
    /// `ships` is a source of its own: nobody named it.
    let source: SettingSource

    init(name: String?, path: String, section: PluginSection?, source: SettingSource) {
        self.name = name
        self.path = path
        isEnabled = section?.isEnabled ?? true
        pin = section?.pin
        config = section?.config ?? Array("{}".utf8)
        maskedConfig = section?.maskedConfig ?? Array("{}".utf8)
        self.source = source
    }

    var configured: ConfiguredPlugin {
        var plugin = ConfiguredPlugin(PluginSpec(path: path, name: name, config: config, pin: pin))
        plugin.isEnabled = isEnabled
        return plugin
    }
}
