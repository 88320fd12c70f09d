internal import AmbitPlugin
private import Glibc
private import Synchronization

/// The plugin's memory: one table behind one lock. Nothing foreign runs under it.
final class ProcessStore: Sendable {
    private let table: Mutex<ProcessTable>
    /// The live ones, for whoever wants to stop them.
    private let processes = Mutex<[String: Process]>([:])

    init(limits: Limits = Limits()) { table = Mutex(ProcessTable(limits: limits)) }

    /// Nanoseconds since the Unix epoch.
    static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// - Parameter again: also where the same script runs already.
    func reserve(_ launch: Launch, owner: Owner, again: Bool) -> ProcessTable.Reservation {
        let now = Self.now()
        return table.withLock { table in
            var random = SystemRandomNumberGenerator()
            return table.reserve(
                name: launch.name, command: launch.display, directory: launch.directory, owner: owner,
                key: launch.key, again: again, takesInput: launch.takesInput || launch.hasTerminal, now: now, using: &random)
        }
    }

    func attach(_ process: Process, to id: String) { processes.withLock { $0[id] = process } }

    /// nil once it has ended.
    func process(_ id: String) -> Process? { processes.withLock { $0[id] } }

    func started(_ id: String, _ info: Process.Info) {
        table.withLock { $0.started(id, pid: info.pid, at: info.started) }
    }

    func found(_ urls: [String], of id: String) { table.withLock { $0.found(urls, of: id) } }

    func append(_ id: String, _ batch: LineBatch, outputBytes: Int, stream: OutputStream) -> Bool {
        let now = Self.now()
        return table.withLock { $0.append(id, batch, outputBytes: outputBytes, time: now, stream: stream) }
    }

    /// False where the end is known already.
    func ended(_ id: String, _ end: ProcessEnd) -> Bool {
        processes.withLock { _ = $0.removeValue(forKey: id) }
        return table.withLock { $0.ended(id, end) }
    }

    func release(_ id: String) { table.withLock { $0.release(id) } }

    func remove(_ id: String) {
        processes.withLock { _ = $0.removeValue(forKey: id) }
        table.withLock { $0.remove(id) }
    }

    func forget(_ owner: Owner) { table.withLock { $0.forget(owner) } }

    func find(_ id: String, in session: Session?) throws(UnknownProcess) -> ProcessRecord {
        let key = session?.key
        return try table.withLock { table throws(UnknownProcess) in try table.find(id, session: key) }
    }

    /// Without any access rule: for a call that has found the process before. nil: it has been forgotten.
    func record(_ id: String) -> ProcessRecord? { table.withLock { $0.records[id] } }

    func visible(in session: Session?) -> [ProcessRecord] {
        let key = session?.key
        return table.withLock { $0.visible(key) }
    }

    func follow(_ id: String, after cursor: Int, filter: LineFilter, limit: Int) -> FollowBatch? {
        guard filter.pattern != nil else { return table.withLock { $0.follow(id, after: cursor, filter: filter, limit: limit) } }
        // A regular expression may cost much: it is searched for in a copy of the ring, which shares its lines.
        guard var batch = table.withLock({ $0.records[id] })?.batch(after: cursor, filter: filter, limit: limit) else { return nil }
        table.withLock { $0.noteWaiter(id, &batch) }
        return batch
    }
}
