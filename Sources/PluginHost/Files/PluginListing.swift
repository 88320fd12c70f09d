internal import CLinux
internal import Glibc

/// The files of a plugin as they were found, without their contents.
struct PluginListing {
    struct Entry {
        /// Relative to the plugin's folder.
        let path: String
        let facts: ambit_linux_file_facts
        /// Of a symbolic link: a name in the same folder.
        let target: String?
    }

    /// Files of one plugin, and bytes of all of them.
    static let mostFiles = 512
    static let mostBytes: Int64 = 1 << 30
    private static let deepest = 8

    private(set) var entries: [Entry] = []
    /// The same as long as no file was exchanged or changed: device, inode, size and both times of each. The change time can't be set
    /// by a program.
    private(set) var fingerprint = ""
    /// The youngest change of all; Unix epoch, nanoseconds.
    private(set) var changed: Int64 = 0
    /// Who else could change it: the file, something in the folder, or a folder on the way.
    private(set) var distrust: Distrust?
    private var bytes: Int64 = 0

    init(_ source: borrowing PluginSource) throws(PluginError) {
        distrust = source.distrust
        if source.isFolder {
            try list(source.root, "", source, depth: 0)
            entries.sort { $0.path < $1.path }
        } else {
            try append(Entry(path: source.name, facts: source.facts, target: nil), source)
        }
        var lines = "\(source.isFolder ? "folder" : "file") \(source.name)\n"
        for entry in entries {
            let facts = entry.facts
            lines +=
                "\(entry.path) \(facts.device) \(facts.inode) \(facts.size) \(facts.modified_ns) \(facts.changed_ns) \(entry.target ?? "")\n"
            changed = max(changed, facts.changed_ns)
        }
        fingerprint = SHA256.hex(Array(lines.utf8))
    }

    private mutating func append(_ entry: Entry, _ source: borrowing PluginSource) throws(PluginError) {
        guard entries.count < Self.mostFiles else {
            throw PluginError(
                path: source.path, what: "its folder holds more than \(Self.mostFiles) files", howToMend: "keep only the plugin in it")
        }
        bytes += entry.facts.size
        guard bytes <= Self.mostBytes else {
            throw PluginError(
                path: source.path, what: "its files have more than \(Self.mostBytes >> 30) GiB together",
                howToMend: "keep only the plugin in its folder")
        }
        guard entry.path.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw PluginError(path: source.path, what: "the name of a file has control characters in it", howToMend: "rename it")
        }
        entries.append(entry)
    }

    private mutating func list(
        _ folder: borrowing OpenFile, _ prefix: String, _ source: borrowing PluginSource, depth: Int
    ) throws(PluginError) {
        guard depth < Self.deepest, let names = folder.names() else {
            throw PluginError(
                path: source.path,
                what: depth < Self.deepest ? "its folder can't be read: \(systemText(errno))" : "its folders are too deep",
                howToMend: "keep only the plugin in it")
        }
        for name in names {
            let path = prefix + name
            if let target = Self.target(of: name, in: folder) {
                guard !target.isEmpty, !target.contains("/"), target != "..", target.utf8.allSatisfy({ $0 >= 0x20 }) else {
                    throw PluginError(
                        path: source.path, what: "the link \(path) leads to \(target), which is not a file beside it",
                        howToMend: "copy the file into the plugin's folder")
                }
                try append(Entry(path: path, facts: ambit_linux_file_facts(), target: target), source)
                continue
            }
            guard let file = OpenFile(name, in: folder), let facts = file.facts else {
                throw PluginError(
                    path: source.path, what: "\(path) can't be read: \(systemText(errno))", howToMend: "check its permissions")
            }
            if distrust == nil, source.isWatched { distrust = Distrust(facts, path: "\(source.path)/\(path)") }
            try add(facts, path, file, source, depth: depth)
        }
    }

    private mutating func add(
        _ facts: ambit_linux_file_facts, _ path: String, _ file: borrowing OpenFile, _ source: borrowing PluginSource, depth: Int
    ) throws(PluginError) {
        switch facts.kind {
        case AMBIT_LINUX_KIND_DIRECTORY: try list(file, path + "/", source, depth: depth + 1)
        case AMBIT_LINUX_KIND_FILE: try append(Entry(path: path, facts: facts, target: nil), source)
        default:
            throw PluginError(
                path: source.path, what: "\(path) is neither a file nor a folder", howToMend: "keep only the plugin in its folder")
        }
    }

    /// Refused where others could change it (A14).
    func checkTrust(_ path: String) throws(PluginError) {
        guard let distrust else { return }
        throw PluginError(path: path, what: "others could change it: \(distrust.text)", howToMend: distrust.howToMend)
    }

    /// What a symbolic link says; nil for anything else.
    private static func target(of name: String, in folder: borrowing OpenFile) -> String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
            let count = readlinkat(folder.descriptor, name, buffer.baseAddress!, buffer.count)
            guard count >= 0 else { return nil }
            return String(decoding: UnsafeRawBufferPointer(buffer).prefix(count), as: UTF8.self)
        }
    }
}
