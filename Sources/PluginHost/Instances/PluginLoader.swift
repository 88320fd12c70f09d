internal import CAmbit
internal import JSON
package import Scopes

/// The way of a plugin from its path to a library in this process, with every check on it (A14).
package final class PluginLoader: Sendable {
    private let options: LoadingOptions
    private let cache: PluginCache
    private let inspector: PluginInspector?
    private let scope: Scope

    /// - Parameter scope: the server's; owns the processes that look at plugins.
    package init(_ options: LoadingOptions, scope: Scope, launcherPath: String) {
        self.options = options
        self.scope = scope
        cache = PluginCache(folder: options.cache)
        inspector = options.inspector.map { PluginInspector(program: $0, launcher: launcherPath, limit: options.inspectionLimit) }
    }

    /// Nothing of the plugin has run in this process when this throws, unless it is the loader or the descriptor of the last step.
    func load(_ spec: PluginSpec) throws(PluginError) -> PluginFacts {
        let source = try PluginSource(path: spec.path, isWatched: isWatched(spec.path))
        let listing = try PluginListing(source)
        try listing.checkTrust(spec.path)
        let copy = try cache.copy(source, listing)
        try spec.checkPin(PluginPin(hex: copy.hash))
        if let description = try describe(copy, spec.path) {
            try description.check(spec.path)
            try spec.checkName(description.name)
        }
        return try PluginFacts(loading: copy, path: spec.path)
    }

    /// Everything that loading would refuse before the plugin runs: file, trust, pin, ABI, name, configuration. Nothing of it runs in this
    /// process.
    ///
    /// - Returns: its name; nil where no process looks at plugins.
    package func check(_ spec: PluginSpec) throws(PluginError) -> String? {
        let inspection = inspect(spec.path)
        if let pin = inspection.pin { try spec.checkPin(pin) }
        if let error = inspection.error { throw error }
        guard let description = inspection.description else { return nil }
        try spec.checkName(description.name)
        try spec.checkConfig(description.configSchema)
        return description.name
    }

    /// What a plugin is, for people and whatever checks it fails.
    package func inspect(_ path: String) -> PluginInspection {
        var inspection = PluginInspection(path: path)
        do throws(PluginError) {
            let source = try PluginSource(path: path, isWatched: isWatched(path))
            let listing = try PluginListing(source)
            inspection.isFolder = source.isFolder
            if let distrust = listing.distrust { inspection.distrust = "\(distrust.text); \(distrust.howToMend)" }
            let copy = try cache.copy(source, listing)
            inspection.pin = PluginPin(hex: copy.hash)
            inspection.library = copy.library.split(separator: "/").last.map(String.init) ?? ""
            inspection.exports = Self.exports(of: copy)
            inspection.description = try describe(copy, path)
            try inspection.description?.check(path)
            try listing.checkTrust(path)
        } catch {
            inspection.error = error
        }
        return inspection
    }

    /// What is not in one of the trusted folders itself.
    private func isWatched(_ path: String) -> Bool {
        guard let slash = path.lastIndex(of: "/") else { return true }
        return !options.trustedFolders.contains(String(path[..<slash]))
    }

    /// From the cache, or from a process of its own; nil where no process looks at plugins.
    private func describe(_ copy: PluginCopy, _ path: String) throws(PluginError) -> PluginDescription? {
        guard let inspector else { return nil }
        let key = "\(options.version)-abi\(AMBIT_ABI_MAJOR).\(AMBIT_ABI_MINOR)"
        if let kept = copy.inspection(key), let root = try? JSONDocument(kept).root, let description = PluginDescription(root) {
            return description
        }
        let description = try inspector.inspect(copy.library, path: path, in: scope)
        copy.keep(inspection: description.json, key)
        return description
    }

    private static func exports(of copy: PluginCopy) -> [String]? {
        // What the linker makes by itself.
        let own: Set = [AMBIT_PLUGIN_ENTRY_SYMBOL, "_init", "_fini", "_edata", "_end", "__bss_start"]
        guard let file = OpenFile(reading: copy.library), let bytes = file.bytes(limit: 1 << 30) else { return nil }
        return ELFSymbols(bytes).exported?.filter { !own.contains($0) }
    }
}
