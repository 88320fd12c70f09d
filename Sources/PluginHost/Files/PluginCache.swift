internal import CLinux
internal import Glibc
internal import Scopes

/// The private cache: plugins are copied into it, the copies are hashed and loaded (A14).
///
/// `copies/HASH` holds one plugin: `files`, a `record` of them, a `lock`. It appears whole, by renaming, and is removed the same way by
/// whoever has its lock alone; who uses it shares the lock. So any number of servers may use one cache at once. `known/FINGERPRINT` says
/// which copy a file on disk became, so that a start hashes nothing: a fingerprint that lied could only bring back an older copy of the
/// same path, which was checked when it was made. Nobody but the user that runs the server can write here, which is checked first.
final class PluginCache: Sendable {
    /// As it was given; nil: the user's cache folder.
    private let wanted: String?
    /// A file that changed more recently may change again within the same tick of the clock, which its fingerprint would not show;
    /// nanoseconds.
    private let settling: Int64
    private let opened = Lock<PluginCacheFolder?>(nil)

    init(folder: String?, settling: Int64 = 2_000_000_000) {
        wanted = folder
        self.settling = settling
    }

    /// The copy of a plugin, made where there is none yet.
    func copy(_ source: borrowing PluginSource, _ listing: PluginListing) throws(PluginError) -> PluginCopy {
        let folder = try open(for: source.path)
        if let hash = folder.hash(of: listing.fingerprint), let copy = folder.take(hash) { return copy }
        // Another server may publish or remove the same copy at the same moment: then once more.
        for _ in 0..<3 {
            let made = try CopyInProgress(source, listing, in: folder)
            guard let copy = folder.publish(made) else { continue }
            if ambit_linux_epoch_now() - listing.changed > settling { folder.remember(listing.fingerprint, copy.hash) }
            folder.clean(keeping: copy.hash)
            return copy
        }
        throw PluginError(path: source.path, what: "the plugin cache \(folder.path) is busy", howToMend: "try again")
    }

    private func open(for path: String) throws(PluginError) -> PluginCacheFolder {
        if let folder = opened.withLock({ $0 }) { return folder }
        let folder = try PluginCacheFolder.open(wanted, for: path)
        return opened.withLock { opened in
            if opened == nil { opened = folder }
            return opened ?? folder
        }
    }
}
