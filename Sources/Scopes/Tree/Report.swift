/// What a close did (S8, S9). Values only: it keeps nothing alive.
package final class Report: Sendable, CustomStringConvertible {
    private let place: ScopePlace
    package var path: String { place.path }
    package let reason: Reason
    /// Reasons that came after the first (S2).
    package let laterReasons: [Reason]
    /// Resources that ended in the scope and below it while it closed.
    package let released: Int
    package let failed: Int
    package let abandoned: Int
    /// Resources that are kept until what was abandoned has ended (S9).
    package let pinned: Int
    package let durationNanoseconds: Int64
    /// What failed or was abandoned, a line each, bounded.
    package let details: [String]

    init(
        place: ScopePlace, reason: Reason, laterReasons: [Reason] = [], released: Int = 0, failed: Int = 0,
        abandoned: Int = 0, pinned: Int = 0,
        durationNanoseconds: Int64 = 0, details: [String] = []
    ) {
        self.place = place
        self.reason = reason
        self.laterReasons = laterReasons
        self.released = released
        self.failed = failed
        self.abandoned = abandoned
        self.pinned = pinned
        self.durationNanoseconds = durationNanoseconds
        self.details = details
    }

    /// Everything ended and nothing failed.
    package var isClean: Bool { failed == 0 && abandoned == 0 }

    package var description: String {
        var text = "\(path) closed (\(reason)) in \(durationNanoseconds / 1_000_000) ms: \(released) released"
        if failed > 0 { text += ", \(failed) failed" }
        if abandoned > 0 { text += ", \(abandoned) abandoned" }
        if pinned > 0 { text += ", \(pinned) pinned" }
        for detail in details { text += "\n  \(detail)" }
        return text
    }
}

/// What a waiter learns (S2).
package enum CloseOutcome: Sendable {
    case closed(Report)
    /// It closes, but the waiter is inside it, or its own scope was cancelled.
    case closing
}
