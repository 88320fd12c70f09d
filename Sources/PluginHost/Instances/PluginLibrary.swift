internal import CAmbit
internal import CLinux
internal import Glibc

/// A loaded library with its descriptor. It is never unloaded: see `ambit_linux_library_open`.
struct PluginLibrary: @unchecked Sendable {  // the descriptor is static data of the library (A1); no lock needed
    let descriptor: UnsafePointer<ambit_plugin_descriptor>

    /// Loads the library and asks for its descriptor. The file's own initializers run; nothing else of it does.
    ///
    /// - Parameters:
    ///   - library: what is loaded: the copy.
    ///   - path: as the operator knows it.
    init(_ library: String, path: String) throws(PluginError) {
        let (loaded, loadText) = Self.withText { ambit_linux_library_open(library, $0, $1) }
        guard let loaded else { throw Self.refused(loadText, library, path) }
        let (symbol, _) = Self.withText { ambit_linux_library_symbol(loaded, AMBIT_PLUGIN_ENTRY_SYMBOL, $0, $1) }
        guard let symbol else {
            throw PluginError(
                path: path, what: "it exports no \(AMBIT_PLUGIN_ENTRY_SYMBOL)",
                howToMend: "only a library that exports that function is a plugin (A1)")
        }
        let entry = unsafeBitCast(symbol, to: (@convention(c) () -> UnsafePointer<ambit_plugin_descriptor>?).self)
        guard let descriptor = entry() else {
            throw PluginError(
                path: path, what: "\(AMBIT_PLUGIN_ENTRY_SYMBOL) returned NULL", howToMend: "it must return a static descriptor")
        }
        self.descriptor = descriptor
    }

    private static func refused(_ loaderText: String, _ library: String, _ path: String) -> PluginError {
        // The loader names the copy, which is nothing to mend.
        let own = "\(library): "
        let text = loaderText.hasPrefix(own) ? String(loaderText.dropFirst(own.utf8.count)) : loaderText
        let howToMend: String
        if text.contains("undefined symbol") {
            howToMend = "link the library that defines it"
        } else if text.contains("cannot open shared object file") {
            howToMend = "install that library, or put it into the plugin's folder and link with -rpath '$ORIGIN'"
        } else if text.contains("failed to map segment") {
            howToMend = "the plugin cache must not lie on a file system that is mounted noexec"
        } else {
            howToMend = "see that it is complete and built for this machine"
        }
        return PluginError(path: path, what: "the loader refuses it: \(text)", howToMend: howToMend)
    }

    private static func withText(
        _ body: (UnsafeMutablePointer<CChar>?, Int) -> UnsafeMutableRawPointer?
    ) -> (UnsafeMutableRawPointer?, String) {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1024) { buffer in
            buffer.initialize(repeating: 0)
            let result = body(buffer.baseAddress, buffer.count)
            return (result, String(cString: buffer.baseAddress!))
        }
    }
}
