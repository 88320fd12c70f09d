/// All processes that the plugin knows, live and remembered, with their lines. A pure value; `ProcessStore` locks it.
struct ProcessTable {
    let limits: Limits
    private(set) var records: [String: ProcessRecord] = [:]
    /// Owners with something in the table: their end has to be told with `forget(_:)`.
    private(set) var owners: Set<Owner> = []
    /// What all lines together take of the limits.
    private(set) var cost = 0
    private var uses: UInt64 = 0

    init(limits: Limits) { self.limits = limits }

    /// A place that was taken.
    struct Place: Sendable {
        let id: String
        let isFirstOfOwner: Bool
    }

    enum Reservation: Sendable {
        case reserved(Place)
        /// The same script runs already, here or kept.
        case running(String)
    }

    /// Finds a free id and takes it, in one step: two starts at once get two ids, or, of one script, one of them is told of the other.
    mutating func reserve(
        name: String, command: String, directory: String?, owner: Owner, key: String? = nil, again: Bool = true, takesInput: Bool = false,
        now: Int64,
        using random: inout some RandomNumberGenerator
    ) -> Reservation {
        if let key, !again,
            let other = records.values.first(where: { $0.key == key && !$0.status.isOver && ($0.owner == owner || $0.owner == .plugin) })
        {
            return .running(other.id)
        }
        var id = ProcessIDs.make(name, using: &random)
        while records[id] != nil { id = ProcessIDs.make(name, using: &random) }
        if Fault.idsBySecond { id = ProcessIDs.slug(name) + "-\(now / 1_000_000_000)" }
        var record = ProcessRecord(
            id: id, name: name, command: command, directory: directory, owner: owner, key: key, takesInput: takesInput,
            startedAt: now,
            ring: LineRing(limit: limits.processBytes))
        uses += 1
        record.lastUse = uses
        records[id] = record
        return .reserved(Place(id: id, isFirstOfOwner: owners.insert(owner).inserted))
    }

    mutating func found(_ urls: [String], of id: String) { records[id]?.urls = urls }

    mutating func started(_ id: String, pid: Int32, at time: Int64) {
        guard records[id]?.status == .starting else { return }
        records[id]?.status = .running
        records[id]?.pid = pid
        if time > 0 { records[id]?.startedAt = time }
    }

    /// Keeps lines. Says whether somebody waits for them.
    mutating func append(_ id: String, _ batch: LineBatch, outputBytes: Int, time: Int64, stream: OutputStream) -> Bool {
        guard let index = records.index(forKey: id) else { return false }
        records.values[index].outputBytes += outputBytes
        guard !batch.isEmpty else { return false }
        let before = records.values[index].ring.cost
        records.values[index].ring.append(batch, time: time, stream: stream)
        cost += records.values[index].ring.cost - before
        let isAwaited = records.values[index].isAwaited
        records.values[index].isAwaited = false
        if cost > limits.totalBytes { shed(sparing: id) }
        return isAwaited
    }

    /// The first end counts: false for a later one. Forgets the ended processes that nobody has asked for longest, if there are too many.
    mutating func ended(_ id: String, _ end: ProcessEnd) -> Bool {
        guard let record = records[id], !record.status.isOver else { return false }
        records[id]?.end = end
        records[id]?.status = end.wasStopped ? .stopped : .exited
        records[id]?.isAwaited = false
        trim(record.owner, sparing: id)
        return true
    }

    /// The call that started it has told of it, or has nobody to tell any more.
    mutating func release(_ id: String) {
        guard let record = records[id] else { return }
        records[id]?.isHeld = false
        trim(record.owner, sparing: id)
    }

    private mutating func trim(_ owner: Owner, sparing id: String) {
        let over = records.values.filter { $0.owner == owner && $0.status.isOver }
        let free = over.filter { $0.id != id && !$0.isHeld }.sorted { $0.lastUse < $1.lastUse }
        for forgotten in free.prefix(max(0, over.count - limits.rememberedProcesses)) { remove(forgotten.id) }
    }

    /// Forgets one process.
    mutating func remove(_ id: String) {
        guard let record = records.removeValue(forKey: id) else { return }
        cost -= record.ring.cost
    }

    /// The owner has ended: nothing of it is remembered.
    mutating func forget(_ owner: Owner) {
        for record in records.values where record.owner == owner { remove(record.id) }
        owners.remove(owner)
    }

    /// A process as a session (nil: a client without one) sees it.
    mutating func find(_ id: String, session: UInt64?) throws(UnknownProcess) -> ProcessRecord {
        guard let record = records[id], isVisible(record, session) else {
            let stem = id.split(separator: "-").first.map(String.init) ?? id
            let known = visible(session).map(\.id)
            let near = known.filter { $0.hasPrefix(stem) }
            throw UnknownProcess(asked: id, known: near + known.filter { !$0.hasPrefix(stem) }, hasSession: session != nil)
        }
        uses += 1
        records[id]?.lastUse = uses
        return record
    }

    /// What a session sees: its own processes and the kept ones; running ones first, then the youngest.
    func visible(_ session: UInt64?) -> [ProcessRecord] {
        records.values.filter { isVisible($0, session) }.sorted { one, other in
            if one.status.isOver != other.status.isOver { return !one.status.isOver }
            return (one.startedAt, one.id) > (other.startedAt, other.id)
        }
    }

    /// The next lines for a follower. Where there are none the record is marked: the next `append` says so.
    ///
    /// - Returns: nil when the process has been forgotten.
    mutating func follow(_ id: String, after cursor: Int, filter: LineFilter, limit: Int) -> FollowBatch? {
        guard var batch = records[id]?.batch(after: cursor, filter: filter, limit: limit) else { return nil }
        noteWaiter(id, &batch)
        return batch
    }

    /// A follower that was given the last line there was will wait, unless there is more, or the end, by now.
    mutating func noteWaiter(_ id: String, _ batch: inout FollowBatch) {
        guard batch.isAtEnd, let record = records[id] else { return }
        batch.isAtEnd = batch.cursor >= record.ring.lastCursor
        batch.status = record.status
        if batch.isAtEnd, !record.status.isOver { records[id]?.isAwaited = true }
    }

    private func isVisible(_ record: ProcessRecord, _ session: UInt64?) -> Bool {
        switch record.owner {
        case .plugin: true
        case .session(let key): key == session
        }
    }

    /// Drops the oldest lines of all until the total fits again.
    private mutating func shed(sparing id: String) {
        while cost > limits.totalBytes {
            let oldest = records.values.filter { $0.id != id || $0.ring.hasSeveralSegments }
                .compactMap { record in record.ring.oldestTime.map { (time: $0, id: record.id) } }
                .min { ($0.time, $0.id) < ($1.time, $1.id) }
            guard let oldest, let index = records.index(forKey: oldest.id) else { return }
            let before = records.values[index].ring.cost
            records.values[index].ring.dropOldest()
            cost += records.values[index].ring.cost - before
        }
    }
}
