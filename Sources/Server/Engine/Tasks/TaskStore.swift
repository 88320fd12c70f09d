import CLinux
import Glibc
import MCP
import Scopes

/// Tasks on disk, so that a restart can say what has become of them: one file each, in a folder of this run, which is locked while it lives. A run
/// takes over the folders of earlier runs of the same server. Nothing is made until there is a first task.
///
/// Writes are in order, on a thread of its own; a file is whole or not there.
final class TaskStore: Sendable {
    private struct State {
        /// Which server it is, whatever its run: by what it listens on.
        var server = "server"
        /// Of this run, and the descriptor of its lock.
        var folder: String?
        var lock: Int32 = -1
        var executor: ThreadExecutor?
        var isClosed = false
    }

    /// Where the runs of all servers of this user are.
    private let root: String
    private let state = Lock(State())

    /// Told, on any thread, of what could not be stored.
    private let onFailure: @Sendable (String) -> Void

    init(root: String, onFailure: @escaping @Sendable (String) -> Void) {
        self.root = root
        self.onFailure = onFailure
    }

    func write(_ task: StoredTask, _ done: @escaping @Sendable (Bool) -> Void) {
        let bytes = task.written()
        guard let executor = executor() else { return done(false) }
        executor.post { [self] in
            guard let folder = ownFolder() else { return done(false) }
            let isWritten = Self.replace("\(folder)/\(task.snapshot.id).json", with: bytes)
            if !isWritten { failed("\(folder)/\(task.snapshot.id).json", errno) }
            done(isWritten)
        }
    }

    func remove(_ id: String) {
        executor()?.post { [self] in
            if let folder = state.withLock({ $0.folder }) { unlink("\(folder)/\(id).json") }
        }
    }

    /// All tasks of earlier runs of this server that nobody has: they are this run's from here on. On the caller's thread, before anything else.
    func adopt(as server: String) -> [StoredTask] {
        let server = String(server.map { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "." ? $0 : "_" })
        state.withLock { $0.server = server }
        var found: [StoredTask] = []
        for name in Self.names(in: root) where name.hasPrefix("\(server)+") && "\(root)/\(name)" != state.withLock({ $0.folder }) {
            let folder = "\(root)/\(name)"
            let lock = open("\(folder)/lock", O_RDWR | O_CLOEXEC | O_NOFOLLOW)
            guard lock >= 0 else { continue }
            defer { Glibc.close(lock) }
            guard flock(lock, LOCK_EX | LOCK_NB) == 0 else { continue }
            for file in Self.names(in: folder) where file != "lock" {
                // Moved, not read and written anew: whoever is killed here has lost nothing.
                if let task = Self.read("\(folder)/\(file)").flatMap({ StoredTask($0) }), let own = ownFolder() {
                    if rename("\(folder)/\(file)", "\(own)/\(task.snapshot.id).json") == 0 { found.append(task) }
                } else {
                    unlink("\(folder)/\(file)")
                }
            }
            unlink("\(folder)/lock")
            rmdir(folder)
        }
        return found
    }

    /// Writes what waits. The folder stays where there are tasks in it.
    func close() {
        let executor = state.withLock { state in
            state.isClosed = true
            return state.executor.take()
        }
        _ = executor?.stop(within: 1_000_000_000)
        state.withLock { state in
            guard let folder = state.folder.take() else { return }
            if !Self.names(in: folder).contains(where: { $0.hasSuffix(".json") }) {
                unlink("\(folder)/lock")
                rmdir(folder)
            }
            Glibc.close(state.lock)
        }
    }

    private func executor() -> ThreadExecutor? {
        state.withLock { state in
            guard !state.isClosed else { return nil }
            let executor = state.executor ?? ThreadExecutor(name: "tasks", threads: 1)
            state.executor = executor
            return executor
        }
    }

    private func failed(_ path: String, _ error: Int32) { onFailure("\(path): \(String(cString: strerror(error)))") }

    /// Made when it is first needed: on the store's thread, or while nothing runs on that yet.
    private func ownFolder() -> String? {
        if let folder = state.withLock({ $0.folder }) { return folder }
        let folder = "\(root)/\(state.withLock { $0.server })+\(getpid())-\(String(UInt32.random(in: 0 ... .max), radix: 16))"
        guard Self.make(folder) else {
            failed(folder, errno)
            return nil
        }
        let lock = open("\(folder)/lock", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard lock >= 0, flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            failed("\(folder)/lock", errno)
            if lock >= 0 { Glibc.close(lock) }
            return nil
        }
        state.withLock { state in
            state.folder = folder
            state.lock = lock
        }
        return folder
    }

    /// For this user only. False, with errno set, where it can't be made.
    private static func make(_ path: String) -> Bool {
        var at = ""
        for part in path.split(separator: "/") {
            at += "/\(part)"
            guard mkdir(at, 0o700) == 0 || errno == EEXIST else { return false }
        }
        return true
    }

    /// False, with errno set, where it can't be written.
    private static func replace(_ path: String, with bytes: [UInt8]) -> Bool {
        let new = path + ".new"
        let file = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { return false }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress! + written, bytes.count - written) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            written += count
        }
        let error = errno
        Glibc.close(file)
        if written == bytes.count, rename(new, path) == 0 { return true }
        let why = written == bytes.count ? errno : error
        unlink(new)
        errno = why
        return false
    }

    private static func read(_ path: String) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard file >= 0 else { return nil }
        defer { Glibc.close(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = Glibc.read(file, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
        }
    }

    private static func names(in path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
