internal import Glibc

/// Where `ambit-launcher` is, for plugins that start processes.
enum Launcher {
    static let path: String = {
        if let given = getenv("AMBIT_LAUNCHER") { return String(cString: given) }
        let folders = [program, prefix.map { "\($0)/libexec/ambit" }, prefix.map { "\($0)/libexec" }, prefix.map { "\($0)/bin" }]
        return folders.compactMap { $0.map { "\($0)/ambit-launcher" } }.first { access($0, X_OK) == 0 } ?? "ambit-launcher"
    }()

    /// The folder of the test program.
    private static var program: String? { FileSystem.link("/proc/self/exe").flatMap { parent($0, 1) } }

    /// Where ambit is installed, if this file lies in `PREFIX/share/ambit/sdk/Sources/AmbitPluginTesting/Hosts`.
    private static var prefix: String? { parent(#filePath, 7) }

    private static func parent(_ path: String, _ levels: Int) -> String? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count > levels ? parts.dropLast(levels).joined(separator: "/") : nil
    }
}
