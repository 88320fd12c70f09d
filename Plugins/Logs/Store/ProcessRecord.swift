/// What is known of one process, during its life and for a while after.
struct ProcessRecord: Sendable {
    let id: String
    let name: String
    /// As people would type it.
    let command: String
    let directory: String?
    let owner: Owner
    /// What it is a start of, where a second one is noticed.
    let key: String?
    let takesInput: Bool
    /// URLs that it has printed, the first few.
    var urls: [String] = []
    var status = ProcessStatus.starting
    /// 0 while it starts.
    var pid: Int32 = 0
    /// Nanoseconds since the Unix epoch.
    var startedAt: Int64
    var end: ProcessEnd?
    /// Bytes of output read so far, as the program wrote them.
    var outputBytes = 0
    var ring: LineRing
    /// A follower has read everything and waits: the next line wakes all of them, once.
    var isAwaited = false
    /// The call that started it has still to tell of it: it is not forgotten before.
    var isHeld = true
    /// When it was last asked for, on the table's own count.
    var lastUse: UInt64 = 0

    var lines: Int { ring.lastCursor }

    /// The next lines for a follower. How many are looked at in one go is bounded.
    func batch(after cursor: Int, filter: LineFilter, limit: Int) -> FollowBatch {
        var batch = FollowBatch(cursor: cursor, gap: ring.gap(after: cursor))
        batch.cursor += batch.gap
        var seen = 0
        let longest = filter.pattern == nil ? FollowBatch.longestLook : FollowBatch.longestSearch
        var check = LineFilter.Check(filter)
        ring.walk(after: batch.cursor) { view in
            guard batch.lines.count < limit, seen < longest else { return false }
            seen += 1
            batch.cursor = view.cursor
            if check.matches(view) { batch.lines.append(view.line) }
            return true
        }
        batch.isAtEnd = batch.cursor >= ring.lastCursor
        batch.status = status
        return batch
    }

    func runTimeMilliseconds(now: Int64) -> Int64 { max(0, (end?.time ?? now) - startedAt) / 1_000_000 }
}
