internal import CLinux
internal import Glibc

/// The opened folder of the private cache, checked: nobody but the user that runs this server can change it.
final class PluginCacheFolder: Sendable {
    /// Absolute, without links.
    let path: String
    let copies: OpenFile
    let known: OpenFile

    private init(path: String, copies: consuming OpenFile, known: consuming OpenFile) {
        self.path = path
        self.copies = copies
        self.known = known
    }

    /// Where it is unless told otherwise: `$XDG_CACHE_HOME/ambit/plugins`, or below `~/.cache`.
    private static var standard: String? {
        if let folder = getenv("XDG_CACHE_HOME").map({ String(cString: $0) }), folder.hasPrefix("/") { return "\(folder)/ambit/plugins" }
        if let home = getenv("HOME").map({ String(cString: $0) }), home.hasPrefix("/") { return "\(home)/.cache/ambit/plugins" }
        return nil
    }

    /// For a user without a home that can be written, as in many containers: sticky, so that nobody else can exchange what is ours there.
    private static var fallback: String { "/tmp/ambit-plugins-\(geteuid())" }

    /// - Parameters:
    ///   - wanted: nil: the user's cache folder.
    ///   - plugin: for whose sake, for the error.
    static func open(_ wanted: String?, for plugin: String) throws(PluginError) -> PluginCacheFolder {
        if let wanted {
            makeFolders(wanted)
            return try open(at: wanted, plugin)
        }
        if let standard, makeFolders(standard) { return try open(at: standard, plugin) }
        makeFolders(fallback)
        return try open(at: fallback, plugin)
    }

    private static func open(at path: String, _ plugin: String) throws(PluginError) -> PluginCacheFolder {
        var found = ambit_linux_distrust()
        let descriptor = ambit_linux_open_watched(path, geteuid(), &found)
        func failure(_ what: String, _ howToMend: String) -> PluginError {
            PluginError(path: plugin, what: "the plugin cache \(path) \(what)", howToMend: howToMend)
        }
        guard descriptor >= 0 else {
            throw failure(
                "can't be made: \(systemText(descriptor))", "let the user that runs this server write there, or set XDG_CACHE_HOME")
        }
        let root = OpenFile(descriptor)
        if let distrust = Distrust(&found) { throw failure("is not private: \(distrust.text)", distrust.howToMend) }
        guard let facts = root.facts, facts.owner == geteuid(), facts.mode & 0o077 == 0, let canonical = root.path else {
            throw failure("is not private: others may read it, or it belongs to another user", "chmod 700 '\(path)', or choose another")
        }
        mkdirat(root.descriptor, "copies", 0o700)
        mkdirat(root.descriptor, "known", 0o700)
        guard let copies = OpenFile("copies", in: root, O_DIRECTORY), let known = OpenFile("known", in: root, O_DIRECTORY) else {
            throw failure("can't be written: \(systemText(errno))", "let the user that runs this server write there")
        }
        return PluginCacheFolder(path: canonical, copies: copies, known: known)
    }

    /// The folder and those above it that are missing; false where the last one could not be made and is not there.
    @discardableResult
    private static func makeFolders(_ path: String) -> Bool {
        var made = path.hasPrefix("/") ? "" : "."
        var result: Int32 = 0
        for name in path.split(separator: "/") {
            made += "/\(name)"
            result = mkdir(made, 0o700) == 0 ? 0 : errno
        }
        return result == 0 || result == EEXIST
    }

    // MARK: - What became of a file

    /// The hash of the copy that was made of what has this fingerprint.
    func hash(of fingerprint: String) -> String? {
        guard let file = OpenFile(fingerprint, in: known), let bytes = file.bytes(limit: 65), bytes.count == 64 else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    /// Whole or not at all; that it can't be kept is no failure.
    func remember(_ fingerprint: String, _ hash: String) {
        guard let temporary = TemporaryName(), let file = OpenFile(temporary.name, in: known, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
        else { return }
        if !file.write(Array(hash.utf8)) || renameat(known.descriptor, temporary.name, known.descriptor, fingerprint) != 0 {
            unlinkat(known.descriptor, temporary.name, 0)
        }
    }

    // MARK: - Copies

    /// A copy that is there and unchanged, locked against removal; nil where there is none.
    func take(_ hash: String) -> PluginCopy? {
        guard let folder = OpenFile(hash, in: copies, O_DIRECTORY), let lock = OpenFile("lock", in: folder, O_RDWR),
            flock(lock.descriptor, LOCK_SH | LOCK_NB) == 0
        else { return nil }
        // Between opening and locking it may have been removed, and made again.
        var now = stat()
        guard let facts = lock.facts, fstatat(copies.descriptor, "\(hash)/lock", &now, AT_SYMLINK_NOFOLLOW) == 0,
            UInt64(now.st_ino) == facts.inode
        else { return nil }
        guard let record = CopyRecord(in: folder), Self.isIntact(record, in: folder) else { return nil }
        // The time of its last use.
        futimens(lock.descriptor, nil)
        return PluginCopy(
            lock: lock, folder: "\(path)/copies/\(hash)", library: "\(path)/copies/\(hash)/files/\(record.library)", hash: hash)
    }

    private static func isIntact(_ record: CopyRecord, in folder: borrowing OpenFile) -> Bool {
        for file in record.files {
            guard let opened = OpenFile("files/\(file.path)", in: folder), let facts = opened.facts,
                CopyRecord.File(file.path, facts) == file
            else { return false }
        }
        return true
    }

    /// Gives a finished copy its name. Nil where that is taken by one that can't be used: it is gone by then.
    func publish(_ made: CopyInProgress) -> PluginCopy? {
        if renameat(copies.descriptor, made.name, copies.descriptor, made.hash) == 0 {
            made.isPublished = true
            return take(made.hash)
        }
        // The same plugin was copied before, or by another server in the meantime; ours is removed with `made`.
        if let copy = take(made.hash) { return copy }
        removeUnused(made.hash)
        return nil
    }
}
