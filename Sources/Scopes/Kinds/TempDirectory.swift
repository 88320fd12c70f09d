internal import CLinux
internal import Glibc

/// The kind temporary directory: made for this user only (0700), removed with all that is in it when its scope closes.
///
/// Removing runs on the runtime's threads for the file system and is bounded by time: what could not be removed until then is a failure in
/// the report. It is tried once more after that, and what is left then (`directories.left`) is swept when the next host starts.
public final class TempDirectory: Resource, @unchecked Sendable {  // state is behind its lock
    /// Within the budget of one clean-up action (S7), so that its failure still reaches the report.
    static let removalBudget: Int64 = 900_000_000
    /// After that, its scope is closed and the thread goes on for so long.
    static let patience: Int64 = 60_000_000_000

    private struct State {
        var path = ""
        var device: UInt64 = 0
        var inode: UInt64 = 0
        var removing = false
    }

    private let base: String
    private let state = Lock(State())

    init(label: String, base: String) {
        self.base = base
        super.init(.temporaryDirectory, label: label)
    }

    /// Absolute.
    package var path: String { state.withLock { $0.path } }

    fileprivate func make() throws(TempDirectoryError) {
        guard base.utf8.first == UInt8(ascii: "/"), !base.utf8.contains(0) else {
            throw TempDirectoryError(base: base, errorNumber: EINVAL, text: "its folder must be an absolute path")
        }
        guard let own = TempDirectoryName.own else {
            throw TempDirectoryError(base: base, errorNumber: ENOENT, text: "/proc tells nothing of this process")
        }
        var name = Array((base + "/" + own.template(label: label)).utf8CString)
        guard mkdtemp(&name) != nil else {
            let number = errno
            throw TempDirectoryError(base: base, errorNumber: number, text: errorText(number))
        }
        let path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        var facts = ambit_linux_file_facts()
        let code = ambit_linux_path_facts(path, 0, &facts)
        guard code == 0 else {
            rmdir(path)
            throw TempDirectoryError(base: base, errorNumber: -code, text: errorText(-code))
        }
        state.withLock { state in
            state.path = path
            state.device = facts.device
            state.inode = facts.inode
        }
    }

    public override var describe: String { path }

    /// Begins to remove it before its scope closes. Never waits; idempotent.
    package func remove() {
        let (first, path, device, inode) = state.withLock { state in
            defer { state.removing = true }
            return (!state.removing, state.path, state.device, state.inode)
        }
        guard first, let runtime = scope?.runtime else { return }
        let queued = runtime.disk.submit { [self] in
            var left = Self.removeTree(path, device: device, inode: inode, within: Self.removalBudget)
            ended(failure: left)
            // The report has said it; a large one goes all the same, after its scope.
            if left != nil { left = Self.removeTree(path, device: device, inode: inode, within: Self.patience) }
            if left != nil { runtime.ledger.count("directories.left") }
        }
        if !queued { ended(failure: "\(path) is left: too much waits to be removed") }
    }

    public override func free(_ reason: Reason) { remove() }

    public override func undo(_ reason: Reason) { remove() }

    /// Nil: it is gone; else what is left and why. Blocks.
    static func removeTree(_ path: String, device: UInt64, inode: UInt64, within budget: Int64) -> String? {
        var removal = ambit_linux_removal()
        let code = ambit_linux_remove_tree(path, device, inode, Monotonic.now() + budget, &removal)
        if code == 0 { return nil }
        if code == -ETIMEDOUT { return "\(path) is left: removing it took too long (\(removal.removed) entries are gone)" }
        let name = withUnsafeBytes(of: removal.name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        let first = removal.left > 0 ? ": \(name)" : ""
        return "\(path) is left\(first): \(errorText(-code))"
    }

    package struct Swept: Sendable, Equatable {
        package var removed = 0
        /// What could not be removed, a line each.
        package var failures: [String] = []
    }

    /// Removes what crashed hosts of this user left in `base`. Blocks: for the start, on a thread that may.
    package static func sweep(_ base: String, within budget: Int64 = 10_000_000_000) -> Swept {
        var swept = Swept()
        guard let folder = opendir(base) else { return swept }
        defer { closedir(folder) }
        let deadline = Monotonic.now() + budget
        while let entry = readdir(folder), Monotonic.now() < deadline {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            guard let host = TempDirectoryName(name), host.isOrphaned else { continue }
            let path = base + "/" + name
            var facts = ambit_linux_file_facts()
            guard ambit_linux_path_facts(path, 0, &facts) == 0, facts.kind == AMBIT_LINUX_KIND_DIRECTORY, facts.owner == geteuid()
            else { continue }
            let left = deadline - Monotonic.now()
            if let failure = removeTree(path, device: facts.device, inode: facts.inode, within: left) {
                swept.failures.append(failure)
            } else {
                swept.removed += 1
            }
        }
        return swept
    }
}

extension Scope {
    /// Makes an empty directory in `base`, an absolute path. Blocks as long as making a directory takes.
    package func temporaryDirectory(_ label: String = "", in base: String) throws(TempDirectoryError) -> TempDirectory {
        let directory = TempDirectory(label: label, base: base)
        do throws(AcquireError) { try reserve(directory) } catch {
            throw TempDirectoryError(base: base, error)
        }
        do throws(TempDirectoryError) { try directory.make() } catch {
            directory.withdraw()
            throw error
        }
        do throws(AcquireError) { try directory.commit() } catch {
            throw TempDirectoryError(base: base, error)
        }
        return directory
    }
}
