internal import CAmbit
internal import CLinux
internal import Glibc

/// A loaded library with its descriptor. It is never unloaded: see `ambit_linux_library_open`.
struct PluginLibrary: @unchecked Sendable {  // the descriptor is static data of the library (A1); no lock needed
    let path: String
    let descriptor: UnsafePointer<ambit_plugin_descriptor>

    /// Checks the file, loads it, and asks for its descriptor. The file's own initializers run; nothing else of it does.
    init(path: String) throws(PluginError) {
        try Self.checkFile(path)
        let (library, loadText) = Self.withText { ambit_linux_library_open(path, $0, $1) }
        guard let library else {
            throw PluginError(
                path: path, what: "the loader refuses it: \(loadText)",
                howToMend: "see that it and the libraries it needs are complete and for this machine")
        }
        let (symbol, _) = Self.withText { ambit_linux_library_symbol(library, AMBIT_PLUGIN_ENTRY_SYMBOL, $0, $1) }
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
        self.path = path
        self.descriptor = descriptor
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

    /// The loader's own words for a wrong file are hard to read, so the usual mistakes are named here.
    private static func checkFile(_ path: String) throws(PluginError) {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            let code = errno
            guard code == ENOENT || code == ENOTDIR else {
                throw PluginError(
                    path: path, what: "it can't be read: \(String(cString: strerror(code)))", howToMend: "check its permissions")
            }
            throw PluginError(path: path, what: "there is no such file", howToMend: "check the path")
        }
        defer { close(file) }
        var facts = stat()
        guard fstat(file, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
            throw PluginError(path: path, what: "it is not a file", howToMend: "name the plugin's shared library")
        }
        // e_ident and e_type of an ELF header: 64-bit, a shared object.
        var head = [UInt8](repeating: 0, count: 18)
        let count = head.withUnsafeMutableBytes { read(file, $0.baseAddress, $0.count) }
        guard count == head.count, head.starts(with: [0x7F, 0x45, 0x4C, 0x46]), head[4] == 2, head[16] == 3 else {
            throw PluginError(
                path: path, what: "it is not a 64-bit shared object", howToMend: "build it as a shared library (cc -shared)")
        }
    }
}
