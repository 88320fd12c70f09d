internal import Scopes

/// What one owner may have at once (S14): far above what is sensible, far below what takes a server down.
extension QuotaLimits {
    /// All generations of a plugin together: what an old one left behind counts against the next (S9).
    static let plugin = QuotaLimits(resources: 100_000, scopes: 100_000, kinds: [(.process, 1_024), (.listener, 256)])
    /// A session, with its calls.
    static let session = QuotaLimits(resources: 50_000, scopes: 10_000)
    /// Everything of one principal, in all of its sessions and calls.
    static let principal = QuotaLimits(resources: 1_000_000, scopes: 200_000, kinds: [(.process, 256)])
}

extension Call {
    /// Most resources, and most child scopes, that a call's scope takes itself; so does each scope below.
    static let capacity = 10_000
}
