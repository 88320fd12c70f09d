/// One plugin as it is configured.
package struct PluginSpec: Sendable {
    /// A shared library, or a folder with one and the libraries that it needs.
    package var path: String
    /// A JSON object.
    package var config: [UInt8]
    /// The hash that it must have.
    package var pin: PluginPin?

    package init(path: String, config: [UInt8] = Array("{}".utf8), pin: PluginPin? = nil) {
        self.path = path
        self.config = config
        self.pin = pin
    }
}
