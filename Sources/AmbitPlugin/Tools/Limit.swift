/// How long a call may take before the host ends it.
public enum Limit: Sendable {
    /// The host's own: 120 s without progress, 1 h in all.
    case standard
    case none
    case after(Duration)

    var nanoseconds: Int64 {
        switch self {
        case .standard: 0
        case .none: -1
        case .after(let duration): max(1, duration.nanoseconds)
        }
    }
}
