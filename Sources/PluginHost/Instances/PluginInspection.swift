/// What a plugin says of itself.
package struct PluginInspection: Sendable {
    package let path: String
    package let name: String
    package let version: String
    package let summary: String
    package let toolchain: String

    /// Loads the library into this process and reads its descriptor.
    package init(path: String) throws(PluginError) {
        let facts = try PluginFacts(try PluginLibrary(path: path))
        self.path = path
        name = facts.name
        version = facts.version
        summary = facts.summary
        toolchain = facts.toolchain
    }

    /// For people.
    package var text: String { "\(name) \(version): \(summary)\n  file       \(path)\n  toolchain  \(toolchain)\n" }
}
