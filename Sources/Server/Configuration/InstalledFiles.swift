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

    /// What checks signatures of tokens.
    static var signatures: String? {
        first(["\(folder)/libAmbitSignatures.so", "\(folder)/../lib/ambit/libAmbitSignatures.so"], executable: false)
    }

    // MARK: - For authors

    /// Templates of `ambit plugin new`; the SDK as a package; the folder with the headers. Installed, else those of the repository that
    /// this program was built in.
    static var templates: String? { existing(["../share/ambit/templates", "../../../Templates"]) }
    static var sdk: String? { existing(["../share/ambit/sdk", "../../../SDK"]) }
    static var include: String? { existing(["../include/ambit", "../../../Sources/CAmbit/include/ambit"]).map { String($0.dropLast(6)) } }

    /// Of the running program.
    static var path: String? { real("/proc/self/exe") }

    /// Without links and dots; nil where none is there.
    private static func existing(_ candidates: [String]) -> String? {
        for candidate in candidates {
            if let path = real("\(folder)/\(candidate)") { return path }
        }
        return nil
    }

    private static func real(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    // MARK: - Plugins

    /// The plugins that ship: names and files.
    private static let shippedFiles = [("logs", "libLogs.so"), ("repl", "libREPL.so")]

    static let shippedNames = shippedFiles.map(\.0)

    /// The plugins that ship, those that are there.
    static var shipped: [(name: String, path: String)] {
        shippedFiles.compactMap { name, file in
            first(pluginFolders.map { "\($0)/\(file)" }, executable: false).map { (name, $0) }
        }
    }

    private static func first(_ candidates: [String], executable: Bool) -> String? {
        candidates.first { access($0, executable ? X_OK : R_OK) == 0 }
    }
}
