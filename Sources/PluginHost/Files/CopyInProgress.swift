internal import CLinux
internal import Glibc

/// A copy that is being made in the cache under a temporary name; removed with this object unless it was published.
final class CopyInProgress {
    let name: String
    private(set) var hash = ""
    var isPublished = false
    private let cache: PluginCacheFolder
    private let folder: OpenFile
    /// Held from the beginning: nobody removes what is being made.
    private let lock: OpenFile

    /// Copies, syncs, and hashes the copies.
    convenience init(_ source: borrowing PluginSource, _ listing: PluginListing, in cache: PluginCacheFolder) throws(PluginError) {
        guard let temporary = TemporaryName(), mkdirat(cache.copies.descriptor, temporary.name, 0o700) == 0,
            let folder = OpenFile(temporary.name, in: cache.copies, O_DIRECTORY),
            let lock = OpenFile("lock", in: folder, O_RDWR | O_CREAT | O_EXCL, mode: 0o600), flock(lock.descriptor, LOCK_SH | LOCK_NB) == 0
        else { throw Self.failure(source.path, cache) }
        self.init(name: temporary.name, cache, folder, lock)
        try fill(source, listing)
    }

    private init(name: String, _ cache: PluginCacheFolder, _ folder: consuming OpenFile, _ lock: consuming OpenFile) {
        self.name = name
        self.cache = cache
        self.folder = folder
        self.lock = lock
    }

    deinit { if !isPublished { cache.remove(name) } }

    private static func failure(_ path: String, _ cache: PluginCacheFolder) -> PluginError {
        PluginError(
            path: path, what: "it can't be copied to the plugin cache \(cache.path): \(systemText(errno))",
            howToMend: "see that there is room and that it can be written")
    }

    private func fill(_ source: borrowing PluginSource, _ listing: PluginListing) throws(PluginError) {
        guard mkdirat(folder.descriptor, "files", 0o700) == 0, let files = OpenFile("files", in: folder, O_DIRECTORY) else {
            throw Self.failure(source.path, cache)
        }
        var manifest = ""
        var recorded: [CopyRecord.File] = []
        for entry in listing.entries {
            guard Self.makeFolders(of: entry.path, in: files) else { throw Self.failure(source.path, cache) }
            if let target = entry.target {
                guard symlinkat(target, files.descriptor, entry.path) == 0 else { throw Self.failure(source.path, cache) }
                manifest += "link \(target) \(entry.path)\n"
                continue
            }
            let file = try copy(entry, source, to: files)
            manifest += "file \(file.digest) \(entry.path)\n"
            recorded.append(file.recorded)
            hash = file.digest
        }
        let library = try FolderLibrary.choose(source, listing, files)
        if source.isFolder { hash = SHA256.hex(Array("library \(library)\n\(manifest)".utf8)) }
        guard let file = OpenFile("record", in: folder, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600),
            file.write(CopyRecord(library: library, files: recorded).bytes)
        else { throw Self.failure(source.path, cache) }
    }

    private func copy(
        _ entry: PluginListing.Entry, _ source: borrowing PluginSource, to files: borrowing OpenFile
    ) throws(PluginError) -> (digest: String, recorded: CopyRecord.File) {
        let changing = PluginError(path: source.path, what: "\(entry.path) changes while it is copied", howToMend: "try again")
        guard let copy = OpenFile(entry.path, in: files, O_RDWR | O_CREAT | O_EXCL, mode: 0o600) else {
            throw Self.failure(source.path, cache)
        }
        if source.isFolder {
            guard let original = OpenFile(entry.path, in: source.root) else { throw changing }
            guard try write(original, to: copy, source.path), original.facts.map({ Self.same($0, entry.facts) }) == true else {
                throw changing
            }
        } else {
            guard try write(source.root, to: copy, source.path), source.root.facts.map({ Self.same($0, entry.facts) }) == true else {
                throw changing
            }
        }
        // Nothing writes to it any more, and a name never leads to less than all of it, even after a power cut.
        guard fchmod(copy.descriptor, 0o400) == 0, fsync(copy.descriptor) == 0, let facts = copy.facts, let digest = SHA256.hex(copy) else {
            throw Self.failure(source.path, cache)
        }
        return (digest, CopyRecord.File(entry.path, facts))
    }

    private static func same(_ a: ambit_linux_file_facts, _ b: ambit_linux_file_facts) -> Bool {
        a.device == b.device && a.inode == b.inode && a.size == b.size && a.modified_ns == b.modified_ns && a.changed_ns == b.changed_ns
    }

    /// False where it has grown meanwhile.
    private func write(_ original: borrowing OpenFile, to copy: borrowing OpenFile, _ path: String) throws(PluginError) -> Bool {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
        defer { buffer.deallocate() }
        var offset: off_t = 0
        while true {
            let count = pread(original.descriptor, buffer.baseAddress, buffer.count, offset)
            if count < 0, errno == EINTR { continue }
            if count == 0 { return true }
            guard count > 0, copy.write(Array(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<count]))) else {
                throw Self.failure(path, cache)
            }
            offset += off_t(count)
            if offset > PluginListing.mostBytes { return false }
        }
    }

    /// The folders above a path; false, with errno set, where one can't be made.
    private static func makeFolders(of path: String, in files: borrowing OpenFile) -> Bool {
        var made = ""
        for name in path.split(separator: "/").dropLast() {
            made += made.isEmpty ? String(name) : "/\(name)"
            guard mkdirat(files.descriptor, made, 0o700) == 0 || errno == EEXIST else { return false }
        }
        return true
    }
}
