import Glibc

/// Where the files that belong to this program are: in the build folder beside it, or in an installed tree.
package enum InstalledFiles {
    /// Folder of the running program.
    package static let folder: String = {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = buffer.withUnsafeMutableBytes { bytes in
            readlink("/proc/self/exe", bytes.baseAddress!.assumingMemoryBound(to: CChar.self), bytes.count)
        }
        guard count > 0 else { return "." }
        let path = String(decoding: buffer[..<count], as: UTF8.self)
        return path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }()

    package static var launcher: String? {
        first(["\(folder)/ambit-launcher", "\(folder)/../libexec/ambit/ambit-launcher"], executable: true)
    }

    /// The plugins that ship, those that are there.
    package static var plugins: [String] {
        first(["\(folder)/libLogs.so", "\(folder)/../lib/ambit/plugins/libLogs.so"], executable: false).map { [$0] } ?? []
    }

    private static func first(_ candidates: [String], executable: Bool) -> String? {
        candidates.first { access($0, executable ? X_OK : R_OK) == 0 }
    }
}
