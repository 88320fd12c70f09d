import Glibc

/// Where the files that belong to this program are: in the build folder beside it, or in an installed tree.
package enum InstalledFiles {
    /// The running program.
    private static let program: String = {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = buffer.withUnsafeMutableBytes { bytes in
            readlink("/proc/self/exe", bytes.baseAddress!.assumingMemoryBound(to: CChar.self), bytes.count)
        }
        return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : ""
    }()

    /// Folder of the running program.
    package static let folder = program.lastIndex(of: "/").map { String(program[..<$0]) } ?? "."

    /// The running program where it is `ambit`, which knows the commands that it starts itself with; nil in a test's process.
    static var ambit: String? { program.hasSuffix("/ambit") ? program : nil }

    /// Where the plugins that ship lie: beside the program, or in an installed tree.
    static var pluginFolders: [String] { [folder, "\(folder)/../lib/ambit/plugins"] }

    static var missingLauncher: String { "ambit-launcher was not found in \(folder) or \(folder)/../libexec/ambit" }

    package static var launcher: String? {
        first(["\(folder)/ambit-launcher", "\(folder)/../libexec/ambit/ambit-launcher"], executable: true)
    }

    /// The plugins that ship, those that are there.
    package static var plugins: [String] {
        first(pluginFolders.map { "\($0)/libLogs.so" }, executable: false).map { [$0] } ?? []
    }

    private static func first(_ candidates: [String], executable: Bool) -> String? {
        candidates.first { access($0, executable ? X_OK : R_OK) == 0 }
    }
}
