internal import CAmbit
internal import JSON

/// A loaded library and what its descriptor says, checked (A1, A14).
struct PluginFacts: @unchecked Sendable {  // the descriptor is static data of the library (A1); no lock needed
    let descriptor: UnsafePointer<ambit_plugin_descriptor>
    let description: PluginDescription
    /// Kept in the cache as long as it may be started again; nil for a plugin that is linked into this program.
    let copy: PluginCopy?

    var name: String { description.name }
    var version: String { description.version }
    var summary: String { description.summary }
    var configSchema: JSONValue? { description.configSchema }

    /// Loads the library into this process. Its own initializers and its entry function run; nothing else of it does.
    ///
    /// - Parameter path: as the operator knows it.
    init(loading copy: PluginCopy, path: String) throws(PluginError) {
        let library = try PluginLibrary(copy.library, path: path)
        descriptor = library.descriptor
        description = PluginDescription(descriptor)
        try description.check(path)
        self.copy = copy
    }

    init(linked: LinkedPlugin, path: String) throws(PluginError) {
        descriptor = linked.descriptor
        description = PluginDescription(descriptor)
        try description.check(path)
        copy = nil
    }

    func allows(_ permission: Int) -> Bool { description.allows(permission) }
}
