/// Finds out that a client does not read: bytes wait for the socket and none has moved for the write deadline. Pure; times in
/// nanoseconds of any monotonic clock.
struct StallWatch {
    let limit: Int64
    private var moved: Int64 = -1
    private var since: Int64?

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
            self.moved = moved
        }
    }

    /// When the client counts as stalled unless something moves; nil while nothing waits.
    var deadline: Int64? { since.map { $0 + limit } }

    func isStalled(now: Int64) -> Bool { deadline.map { $0 <= now } ?? false }
}
