internal import CLinux
internal import Glibc

extension PluginCacheFolder {
    /// What is kept of copies that nobody uses: the youngest of them.
    static let mostCopies = 64
    static let mostBytes: Int64 = 1 << 30
    static let longest: Int64 = 30 * 86400 * 1_000_000_000
    static let mostKnown = 512

    /// Keeps the cache bounded. Called when a copy was added: it grows only then.
    func clean(keeping hash: String) {
        let now = ambit_linux_epoch_now()
        var kept = 0
        var bytes: Int64 = 0
        for copy in all(now: now) where copy.name != hash {
            let isTemporary = copy.name.hasPrefix(".")
            // A minute: whoever makes a folder may not have locked it yet.
            if isTemporary {
                if now - copy.used > 60_000_000_000 { removeUnused(copy.name) }
                continue
            }
            kept += 1
            bytes += copy.bytes
            if kept >= Self.mostCopies || bytes > Self.mostBytes || now - copy.used > Self.longest { removeUnused(copy.name) }
        }
        cleanKnown()
    }

    /// Last used first.
    private func all(now: Int64) -> [(name: String, used: Int64, bytes: Int64)] {
        let found = (copies.names() ?? []).map { name -> (name: String, used: Int64, bytes: Int64) in
            guard let folder = OpenFile(name, in: copies, O_DIRECTORY) else { return (name, now, 0) }
            let record = CopyRecord(in: folder)
            let facts = OpenFile("lock", in: folder)?.facts ?? folder.facts
            return (name, facts?.modified_ns ?? now, record?.size ?? 0)
        }
        return found.sorted { $0.used > $1.used }
    }

    /// Fingerprints of copies that are gone, and the oldest where there are too many.
    private func cleanKnown() {
        var alive: [(name: String, made: Int64)] = []
        for name in known.names() ?? [] {
            let made = OpenFile(name, in: known)?.facts?.modified_ns ?? 0
            if let hash = hash(of: name), faccessat(copies.descriptor, hash, F_OK, 0) == 0 {
                alive.append((name, made))
            } else if !name.hasPrefix(TemporaryName.prefix) || ambit_linux_epoch_now() - made > 60_000_000_000 {
                unlinkat(known.descriptor, name, 0)
            }
        }
        guard alive.count > Self.mostKnown else { return }
        for entry in alive.sorted(by: { $0.made < $1.made }).prefix(alive.count - Self.mostKnown / 2) {
            unlinkat(known.descriptor, entry.name, 0)
        }
    }

    /// Removes a copy that nobody uses. It loses its name first: others see all of it or nothing.
    func removeUnused(_ name: String) {
        guard let folder = OpenFile(name, in: copies, O_DIRECTORY) else { return }
        guard let lock = OpenFile("lock", in: folder, O_RDWR) else { return discard(name) }
        guard flock(lock.descriptor, LOCK_EX | LOCK_NB) == 0 else { return }
        discard(name)
        flock(lock.descriptor, LOCK_UN)
    }

    private func discard(_ name: String) {
        guard let temporary = TemporaryName(), renameat(copies.descriptor, name, copies.descriptor, temporary.name) == 0 else { return }
        remove(temporary.name)
    }

    /// Removes a folder of the cache with all that is in it. Nothing else has its name.
    func remove(_ name: String) { Self.remove(name, in: copies, depth: 0) }

    private static func remove(_ name: String, in parent: borrowing OpenFile, depth: Int) {
        guard unlinkat(parent.descriptor, name, 0) != 0, errno == EISDIR, depth < 16 else { return }
        if let folder = OpenFile(name, in: parent, O_DIRECTORY) {
            for name in folder.names() ?? [] { remove(name, in: folder, depth: depth + 1) }
        }
        unlinkat(parent.descriptor, name, AT_REMOVEDIR)
    }
}
