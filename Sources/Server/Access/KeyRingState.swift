/// When keys are fetched: on demand only, never by the clock alone. Pure; times in nanoseconds of any monotonic clock.
struct KeyRingState {
    struct Limits: Sendable {
        /// Keys that are older are fetched again when they are used next.
        var refresh: Int64
        /// Keys that could not be fetched again for so long are not believed any more.
        var stale: Int64
        /// Between two attempts, whatever tokens ask for.
        var interval: Int64
    }

    enum Answer: Equatable {
        case use
        /// Good enough for this token; somebody has to fetch them again.
        case useAndFetch
        /// Until the fetch is over that is under way.
        case wait
        /// The same, and it has to be begun.
        case fetchAndWait
        /// There is no such key, and it is too early to ask again.
        case unknown
        /// There are no keys that could be believed, and it is too early to ask again.
        case unavailable
    }

    let limits: Limits
    private var loadedAt: Int64?
    private var triedAt: Int64?
    private(set) var isFetching = false

    init(_ limits: Limits) { self.limits = limits }

    func isUsable(_ now: Int64) -> Bool { loadedAt.map { now - $0 < limits.stale } ?? false }

    mutating func look(isKnown: Bool, now: Int64) -> Answer {
        guard isUsable(now) else {
            if isFetching { return .wait }
            return begin(now) ? .fetchAndWait : .unavailable
        }
        if isKnown {
            let isOld = loadedAt.map { now - $0 >= limits.refresh } ?? true
            return isOld && !isFetching && begin(now) ? .useAndFetch : .use
        }
        if isFetching { return .wait }
        return begin(now) ? .fetchAndWait : .unknown
    }

    /// The operator asks: at once, unless one is under way. True: begin.
    mutating func demand(now: Int64) -> Bool {
        guard !isFetching else { return false }
        triedAt = now
        isFetching = true
        return true
    }

    mutating func fetched(_ isGood: Bool, now: Int64) {
        isFetching = false
        if isGood { loadedAt = now }
    }

    private mutating func begin(_ now: Int64) -> Bool {
        if let triedAt, now - triedAt < limits.interval { return false }
        triedAt = now
        isFetching = true
        return true
    }
}
