private import Glibc

/// A project's folder, as detectors look at it: small text files, and what there is. Paths are relative to it.
struct ProjectFolder: Sendable {
    let path: String

    /// Larger ones are no description of a project.
    private static let largestFile = 1 << 20
    private static let mostEntries = 10_000

    /// The text of a file; nil where there is none, or it is no text of reasonable size.
    func text(_ name: String) -> String? {
        guard let file = fopen("\(path)/\(name)", "re") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 64 << 10)
        var text: [UInt8] = []
        while true {
            let count = fread(&bytes, 1, bytes.count, file)
            guard count > 0 else { break }
            text += bytes[..<count]
            guard text.count <= Self.largestFile else { return nil }
        }
        return ferror(file) == 0 ? String(decoding: text, as: UTF8.self) : nil
    }

    func has(_ name: String) -> Bool { access("\(path)/\(name)", F_OK) == 0 }

    func isFolder(_ name: String) -> Bool {
        var status = stat()
        return stat("\(path)/\(name)", &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// The first of these that is there.
    func first(_ names: [String]) -> String? { names.first(where: has) }

    /// Names in a folder, sorted.
    func entries(_ name: String = "") -> [String] {
        guard let folder = opendir(name.isEmpty ? path : "\(path)/\(name)") else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while names.count < Self.mostEntries, let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Folders that match a pattern of a workspace: `packages/*`, `apps/**`, `tools/cli`. Hidden ones and those of dependencies are left out.
    func folders(matching pattern: String, atMost most: Int = 200) -> [String] {
        var found = [""]
        for part in pattern.split(separator: "/") where part != "." {
            guard part != ".." else { return [] }
            var next: [String] = []
            for folder in found {
                if part == "**" {
                    next += [folder] + below(folder, depth: 3)
                } else if part.contains("*" as Character) {
                    next += subfolders(folder).filter { Self.matches(Self.last($0), String(part)) }
                } else {
                    let name = folder.isEmpty ? String(part) : "\(folder)/\(part)"
                    if isFolder(name) { next.append(name) }
                }
                if next.count > most { break }
            }
            found = next
        }
        return Array(found.filter { !$0.isEmpty }.prefix(most))
    }

    private func subfolders(_ folder: String) -> [String] {
        entries(folder).filter { !$0.hasPrefix(".") && $0 != "node_modules" }
            .map { folder.isEmpty ? $0 : "\(folder)/\($0)" }.filter(isFolder)
    }

    private func below(_ folder: String, depth: Int) -> [String] {
        depth == 0 ? [] : subfolders(folder).flatMap { [$0] + below($0, depth: depth - 1) }
    }

    private static func last(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

    /// One `*` stands for any characters.
    private static func matches(_ name: String, _ pattern: String) -> Bool {
        let parts = pattern.split(separator: "*", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return name == pattern }
        return name.count >= parts[0].count + parts[1].count && name.hasPrefix(parts[0]) && name.hasSuffix(parts[1])
    }
}
