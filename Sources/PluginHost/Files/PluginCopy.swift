internal import CLinux
internal import Glibc

/// One plugin in the private cache, kept there as long as this object lives.
final class PluginCopy: Sendable {
    /// Shared with everyone who uses the copy; who removes it needs it alone.
    private let lock: OpenFile
    /// Of the copy's own folder.
    let folder: String
    /// Absolute path of the library to load.
    let library: String
    /// SHA-256 of the file, or of the folder's list of files and their hashes.
    let hash: String

    init(lock: consuming OpenFile, folder: String, library: String, hash: String) {
        self.lock = lock
        self.folder = folder
        self.library = library
        self.hash = hash
    }

    /// What was found out about it earlier under this key; nil where nothing was.
    func inspection(_ key: String) -> [UInt8]? {
        let opened = open("\(folder)/inspection-\(key)", O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard opened >= 0 else { return nil }
        return OpenFile(opened).bytes(limit: 1 << 20)
    }

    /// Kept for the next start. Whole or not at all; that it can't be kept is no failure.
    func keep(inspection bytes: [UInt8], _ key: String) {
        let name = "\(folder)/inspection-\(key)"
        let opened = open("\(name).\(getpid())", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard opened >= 0 else { return }
        let whole = OpenFile(opened).write(bytes)
        if !whole || rename("\(name).\(getpid())", name) != 0 { unlink("\(name).\(getpid())") }
    }
}
