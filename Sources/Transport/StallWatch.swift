/// Finds out that a client does not read: bytes wait for the socket, and for the write deadline none has moved, neither into the kernel nor from
/// there to the client. Pure; times in nanoseconds of any monotonic clock.
///
/// A kernel with a large buffer takes nothing for long while the client reads on, slowly. So what the client has acknowledged is looked at twice:
/// soon after the last bytes have moved, when those that were on their way have arrived, and at the deadline. A client that acknowledges less than
/// the least rate holds its connection, and what waits for it, for nothing.
struct StallWatch {
    /// Bytes a second: less than the slowest line.
    static let leastRate: UInt64 = 1024

    let limit: Int64
    private var moved: Int64 = -1
    private var since: Int64?
    private var hasLooked = false
    /// What the client had acknowledged at the first look; nil where nobody knows.
    private var acknowledged: UInt64?
    /// When that was.
    private var lookedAt: Int64 = 0

    init(limit: Int64) { self.limit = limit }

    /// - Parameters:
    ///   - moved: how many bytes the kernel has taken on this connection so far.
    ///   - waiting: whether bytes wait.
    mutating func observe(moved: Int64, waiting: Bool, now: Int64) {
        guard waiting else {
            since = nil
            return
        }
        if since == nil || moved != self.moved {
            since = now
            hasLooked = false
            self.moved = moved
        }
    }

    /// What the client has acknowledged so far; nil where nobody knows.
    mutating func look(acknowledged bytes: UInt64?, now: Int64) {
        guard let since, since + limit / 8 <= now else { return }
        guard hasLooked else {
            hasLooked = true
            acknowledged = bytes
            lookedAt = now
            return
        }
        let least = UInt64(now - lookedAt) * Self.leastRate / 1_000_000_000
        guard isStalled(now: now), let bytes, let acknowledged, bytes >= acknowledged + max(1, least) else { return }
        // It reads: it has the whole time again.
        self.since = now
        hasLooked = false
    }

    /// When `look` is due: for the first look, then at the deadline.
    var lookIsDue: Int64? { since.map { hasLooked ? $0 + limit : $0 + limit / 8 } }

    /// When the client counts as stalled unless something moves; nil while nothing waits.
    var deadline: Int64? { since.map { $0 + limit } }

    func isStalled(now: Int64) -> Bool { deadline.map { $0 <= now } ?? false }
}
