/// What closing a scope did.
public struct CloseReport: Equatable, Sendable {
    /// Why it closed: the first reason wins (S2).
    public var reason: Reason.Kind
    public var released: UInt64
    /// Releases that failed; the others ran all the same (S8).
    public var failed: UInt64
    /// What could not be stopped (S9).
    public var abandoned: UInt64
    public var duration: Duration
    /// What failed or was abandoned, for people; empty if nothing was.
    public var text: String

    init(_ report: UnsafePointer<ambit_report>?) {
        reason = Reason.Kind(tolerating: report?.pointee.reason_kind ?? Int32(AMBIT_REASON_CANCELLED))
        released = report?.pointee.released ?? 0
        failed = report?.pointee.failed ?? 0
        abandoned = report?.pointee.abandoned ?? 0
        duration = .nanoseconds(report?.pointee.duration_ns ?? 0)
        text = report.map { String($0.pointee.text) } ?? ""
    }
}
