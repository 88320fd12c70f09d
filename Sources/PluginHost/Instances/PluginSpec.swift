/// One plugin as it is configured.
package struct PluginSpec: Sendable {
    /// A shared library, or a folder with one and the libraries that it needs.
    package var path: String
    /// What it must be called; nil where it may have any name.
    package var name: String?
    /// A JSON object.
    package var config: [UInt8]
    /// The hash that it must have.
    package var pin: PluginPin?

    package init(path: String, name: String? = nil, config: [UInt8] = Array("{}".utf8), pin: PluginPin? = nil) {
        self.path = path
        self.name = name
        self.config = config
        self.pin = pin
    }
}
