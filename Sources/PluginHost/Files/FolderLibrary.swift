internal import CAmbit
internal import Glibc

/// Which file of a plugin is the library to load.
///
/// A file is it itself. In a folder named `clock` it is `clock.so`, else `libclock.so`, else the one library directly in the folder that
/// exports the entry function.
enum FolderLibrary {
    static func choose(
        _ source: borrowing PluginSource, _ listing: PluginListing, _ copies: borrowing OpenFile
    ) throws(PluginError) -> String {
        let path = source.path
        guard source.isFolder else {
            try check(source.name, copies, path)
            return source.name
        }
        let names = listing.entries.map(\.path)
        for name in ["\(source.name).so", "lib\(source.name).so"] where names.contains(name) {
            try check(name, copies, path)
            return name
        }
        let exporting = listing.entries.filter { entry in
            guard entry.target == nil, !entry.path.contains("/"), entry.path.hasSuffix(".so"), let file = OpenFile(entry.path, in: copies),
                let bytes = file.bytes(limit: 1 << 30)
            else { return false }
            return ELFSymbols(bytes).exported?.contains(AMBIT_PLUGIN_ENTRY_SYMBOL) == true
        }
        guard exporting.count == 1 else {
            let what =
                exporting.isEmpty
                ? "no library in this folder exports \(AMBIT_PLUGIN_ENTRY_SYMBOL)"
                : "several libraries in this folder export \(AMBIT_PLUGIN_ENTRY_SYMBOL): \(exporting.map(\.path).joined(separator: ", "))"
            throw PluginError(path: path, what: what, howToMend: "name the plugin's library \(source.name).so or lib\(source.name).so")
        }
        return exporting[0].path
    }

    /// The loader's own words for a wrong file are hard to read, so the usual mistake is named here.
    private static func check(_ name: String, _ copies: borrowing OpenFile, _ path: String) throws(PluginError) {
        // A link leads to a file beside it.
        let opened = openat(copies.descriptor, name, O_RDONLY | O_CLOEXEC)
        let head = opened >= 0 ? OpenFile(opened).bytes(limit: 64) : nil
        guard let head, ELFSymbols.isLibrary(head) else {
            throw PluginError(
                path: path, what: "\(path.hasSuffix(name) ? "it" : name) is not a 64-bit shared object",
                howToMend: "build it as a shared library (cc -shared)")
        }
    }
}
