import CLinux
import Glibc
import MCP
import Scopes

/// Tasks on disk, so that a restart can say what has become of them: one file each, in a folder of this run, which is locked while it lives. A run
/// takes over the folders of earlier runs of the same server, where there is one. Nothing is made until there is a first task.
///
/// Writes are in order, on a thread of its own; a file is whole or not there.
final class TaskStore: Sendable {
    /// Which server it is, whatever its run: by what it listens on.
    struct Identity: Sendable {
        let name: String
        /// Another run has the same only where it is the same server. Otherwise nothing is left for one, and nothing is taken over.
        let isLasting: Bool

        init(_ name: String, isLasting: Bool = true) {
            self.name = String(name.map { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "." ? $0 : "_" })
            self.isLasting = isLasting
        }
    }

    private struct State {
        var server = Identity("server")
        /// Of this run, and the descriptor of its lock.
        var folder: String?
        var lock: Int32 = -1
        var executor: ThreadExecutor?
        var isClosed = false
    }

    /// Where the runs of all servers of this user are.
    private let root: String
    private let state = Lock(State())

    /// What has gone wrong: a task was not stored, or what an earlier run has left is not taken over.
    enum Problem: Sendable {
        case notStored(String)
        case notAdopted(String)
    }

    /// Told, on any thread.
    private let onProblem: @Sendable (Problem) -> Void

    init(root: String, onProblem: @escaping @Sendable (Problem) -> Void) {
        self.root = root
        self.onProblem = onProblem
    }

    func write(_ task: StoredTask, _ done: @escaping @Sendable (Bool) -> Void) {
        let bytes = task.written()
        guard let executor = executor() else { return done(false) }
        executor.post { [self] in
            guard let folder = ownFolder() else { return done(false) }
            let isWritten = Self.replace("\(folder)/\(task.snapshot.id)\(Self.suffix)", with: bytes)
            if !isWritten { failed("\(folder)/\(task.snapshot.id)\(Self.suffix)", errno) }
            done(isWritten)
        }
    }

    func remove(_ id: String) {
        executor()?.post { [self] in
            if let folder = state.withLock({ $0.folder }) { unlink("\(folder)/\(id)\(Self.suffix)") }
        }
    }

    /// So many were taken over, and can't be kept.
    func dropped(_ count: Int, _ why: String) { onProblem(.notAdopted("\(count) of its tasks: \(why)")) }

    /// All tasks of earlier runs of this server that nobody has: they are this run's from here on. On the caller's thread, before anything else.
    func adopt(as server: Identity) -> [StoredTask] {
        state.withLock { $0.server = server }
        var found: [StoredTask] = []
        for name in Self.names(in: root) where name.hasPrefix("\(server.name)+") && "\(root)/\(name)" != state.withLock({ $0.folder }) {
            let folder = "\(root)/\(name)"
            let lock = open("\(folder)/lock", O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
            guard lock >= 0 else { continue }
            defer { Self.unlock(lock) }
            guard flock(lock, LOCK_EX | LOCK_NB) == 0 else { continue }
            for file in Self.names(in: folder) where file != "lock" {
                let path = "\(folder)/\(file)"
                guard server.isLasting, let task = readable(path, file) else {
                    Self.delete(path)
                    continue
                }
                // Moved, not read and written anew: whoever is killed here has lost nothing. What can't be moved waits for a later run.
                guard let own = ownFolder() else { return found }
                if rename(path, "\(own)/\(file)") == 0 {
                    found.append(task)
                } else {
                    onProblem(.notAdopted("\(path): \(String(cString: strerror(errno)))"))
                }
            }
            if Self.names(in: folder) == ["lock"] {
                unlink("\(folder)/lock")
                rmdir(folder)
            }
        }
        return found
    }

    private func readable(_ path: String, _ file: String) -> StoredTask? {
        // Of a run that was killed while it wrote: what was there before still is.
        guard !file.hasSuffix(Self.unfinished) else { return nil }
        do throws(StoredTask.Unreadable) {
            guard file.hasSuffix(Self.suffix) else { throw StoredTask.Unreadable("it is named like no task") }
            return try StoredTask(Self.read(path), id: String(file.dropLast(Self.suffix.count)))
        } catch {
            onProblem(.notAdopted("\(path): \(error.why)"))
            return nil
        }
    }

    /// Writes what waits. The folder stays where there are tasks in it for a later run.
    func close() {
        let executor = state.withLock { state in
            state.isClosed = true
            return state.executor.take()
        }
        _ = executor?.stop(within: 1_000_000_000)
        state.withLock { state in
            guard let folder = state.folder.take() else { return }
            if !state.server.isLasting { for file in Self.names(in: folder) where file != "lock" { Self.delete("\(folder)/\(file)") } }
            if !Self.names(in: folder).contains(where: { $0.hasSuffix(Self.suffix) }) {
                unlink("\(folder)/lock")
                rmdir(folder)
            }
            Self.unlock(state.lock)
        }
    }

    /// Said, not only closed: a program that is just being started may have the descriptor, too, for a moment.
    private static func unlock(_ lock: Int32) {
        flock(lock, LOCK_UN)
        Glibc.close(lock)
    }

    private func executor() -> ThreadExecutor? {
        state.withLock { state in
            guard !state.isClosed else { return nil }
            let executor = state.executor ?? ThreadExecutor(name: "tasks", threads: 1)
            state.executor = executor
            return executor
        }
    }

    private func failed(_ path: String, _ error: Int32) { onProblem(.notStored("\(path): \(String(cString: strerror(error)))")) }

    /// Made when it is first needed: on the store's thread, or while nothing runs on that yet.
    private func ownFolder() -> String? {
        if let folder = state.withLock({ $0.folder }) { return folder }
        let folder = "\(root)/\(state.withLock { $0.server.name })+\(getpid())-\(String(UInt32.random(in: 0 ... .max), radix: 16))"
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
        let new = path + unfinished
        let file = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
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

    /// Names of tasks end so, and those of what is being written.
    private static let suffix = ".json"
    private static let unfinished = ".new"
    /// Nothing that a run writes is larger: a result, and a little around it.
    private static let maximalSize = CallTasks.Limits().bytes + (1 << 20)

    private static func read(_ path: String) throws(StoredTask.Unreadable) -> [UInt8] {
        // Others may have left there what blocks, or never ends.
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard file >= 0 else { throw StoredTask.Unreadable(String(cString: strerror(errno))) }
        defer { Glibc.close(file) }
        var facts = stat()
        guard fstat(file, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { throw StoredTask.Unreadable("it is no file") }
        guard facts.st_size <= maximalSize else { throw StoredTask.Unreadable("it has \(facts.st_size) bytes") }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(facts.st_size))
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count <= maximalSize {
            let count = Glibc.read(file, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw StoredTask.Unreadable(String(cString: strerror(errno))) }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
        }
        throw StoredTask.Unreadable("it does not end")
    }

    /// Whatever it is, as far as that is possible.
    private static func delete(_ path: String) { if unlink(path) != 0 { rmdir(path) } }

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
