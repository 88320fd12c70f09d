/// Why nothing was acquired: the scope does not take anything any more (S5), or somebody has as much as they may (S14).
public enum AcquireError: Error, Sendable, CustomStringConvertible {
    case closed(ScopeClosed)
    case overQuota(OverQuota)

    public var description: String {
        switch self {
        case .closed(let closed): closed.description
        case .overQuota(let quota): quota.description
        }
    }

    /// Why, for what waited for it.
    public var reason: Reason {
        switch self {
        case .closed(let closed): closed.reason
        case .overQuota(let quota): Reason(.failed, by: quota.owner, text: quota.description)
        }
    }
}
