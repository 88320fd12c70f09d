/// What a host function answers (`ambit_status`). Values that this SDK does not know are kept as they are.
public struct Status: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: Int32

    public init(rawValue: Int32) { self.rawValue = rawValue }
    private init(_ constant: Int) { rawValue = Int32(constant) }

    public static let ok = Status(AMBIT_OK)
    /// The scope is closing or closed (S5).
    public static let closed = Status(AMBIT_CLOSED)
    /// What the handle named is gone (S18).
    public static let staleHandle = Status(AMBIT_STALE_HANDLE)
    public static let invalidArgument = Status(AMBIT_INVALID_ARGUMENT)
    /// A quota is used up (S14).
    public static let overQuota = Status(AMBIT_OVER_QUOTA)
    public static let full = Status(AMBIT_FULL)
    public static let empty = Status(AMBIT_EMPTY)
    public static let cancelled = Status(AMBIT_CANCELLED)
    public static let timedOut = Status(AMBIT_TIMED_OUT)
    /// The call has ended before (A9).
    public static let alreadyFinished = Status(AMBIT_ALREADY_FINISHED)
    public static let notFound = Status(AMBIT_NOT_FOUND)
    /// The plugin does not ask for the permission that this needs.
    public static let denied = Status(AMBIT_DENIED)
    public static let unsupported = Status(AMBIT_UNSUPPORTED)
    public static let wouldDeadlock = Status(AMBIT_WOULD_DEADLOCK)
    public static let failed = Status(AMBIT_FAILED)

    public var description: String {
        switch self {
        case .ok: "ok"
        case .closed: "closed"
        case .staleHandle: "stale handle"
        case .invalidArgument: "invalid argument"
        case .overQuota: "over quota"
        case .full: "full"
        case .empty: "empty"
        case .cancelled: "cancelled"
        case .timedOut: "timed out"
        case .alreadyFinished: "already finished"
        case .notFound: "not found"
        case .denied: "denied"
        case .unsupported: "unsupported"
        case .wouldDeadlock: "would deadlock"
        case .failed: "failed"
        default: "status \(rawValue)"
        }
    }
}
