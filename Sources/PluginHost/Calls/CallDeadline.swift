/// When a call has taken too long (DESIGN section 2): without progress, or in all. Pure; activity re-arms nothing, the timer compares when
/// it fires.
struct CallDeadline: Sendable, Equatable {
    enum Limit: Sendable, Equatable { case idle, total }

    enum Verdict: Sendable, Equatable {
        /// Look again at this instant.
        case wait(until: Int64)
        case expired(Limit)
    }

    let start: Int64
    /// Nanoseconds; Int64.max: none.
    let idle: Int64
    let total: Int64

    /// End of the total limit; Int64.max: none.
    var end: Int64 { Self.add(start, total) }

    /// When to look first; nil: never.
    var first: Int64? {
        let first = min(Self.add(start, idle), end)
        return first == .max ? nil : first
    }

    func check(now: Int64, lastActivity: Int64) -> Verdict {
        if now >= end { return .expired(.total) }
        let idleEnd = Self.add(max(lastActivity, start), idle)
        if now >= idleEnd { return .expired(.idle) }
        return .wait(until: min(idleEnd, end))
    }

    func describe(_ limit: Limit) -> String {
        switch limit {
        case .idle: "it made no progress for \(Self.seconds(idle)), its idle limit"
        case .total: "it took longer than \(Self.seconds(total)), its total limit"
        }
    }

    private static func add(_ instant: Int64, _ span: Int64) -> Int64 {
        let (sum, overflow) = instant.addingReportingOverflow(span)
        return overflow ? .max : sum
    }

    private static func seconds(_ nanoseconds: Int64) -> String {
        nanoseconds % 1_000_000_000 == 0 ? "\(nanoseconds / 1_000_000_000) s" : "\(nanoseconds / 1_000_000) ms"
    }
}
