package import CAmbit

extension PluginHost {
    /// Loads a plugin that is linked into this program, as the test kit does with the type under test. Otherwise like `load(path:config:)`.
    ///
    /// - Parameters:
    ///   - descriptor: static data: it must stay what it is as long as the process runs (A1).
    ///   - label: stands for the file's path in messages.
    package func load(
        descriptor: UnsafePointer<ambit_plugin_descriptor>, label: String, config: [UInt8] = Array("{}".utf8)
    ) throws(PluginError) -> PluginInstance {
        try load(PluginSpec(path: label, config: config), linked: LinkedPlugin(descriptor: descriptor))
    }
}
