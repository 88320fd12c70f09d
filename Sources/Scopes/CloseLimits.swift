/// How long a close may take (S7), in nanoseconds from its start.
///
/// Until `soft`: drain, and SIGTERM. From `soft` to `hard` minus the reserve: force, await. In the reserve, the last 20 % and at
/// least 250 ms: free.
package struct CloseLimits: Sendable, Equatable {
    package var soft: Int64
    package var hard: Int64

    package init(soft: Int64, hard: Int64) {
        self.soft = soft
        self.hard = max(hard, soft)
    }

    package static let call = CloseLimits(soft: 2_000_000_000, hard: 5_000_000_000)
    package static let session = CloseLimits(soft: 4_000_000_000, hard: 6_000_000_000)
    package static let plugin = CloseLimits(soft: 5_000_000_000, hard: 8_000_000_000)
    package static let server = CloseLimits(soft: 5_000_000_000, hard: 8_000_000_000)
    package static let stdioEnd = CloseLimits(soft: 800_000_000, hard: 1_500_000_000)

    static func standard(for level: Scope.Level) -> CloseLimits {
        switch level {
        case .server: .server
        case .plugin: .plugin
        case .session: .session
        case .use, .call, .stream, .cleanup, .custom: .call
        }
    }
}

/// The instants of one close, fixed when the outermost close starts; they can only be moved forward (S7, S12).
struct CloseDeadlines: Sendable, Hashable {
    /// Draining ends: three quarters of the way to `soft`, so that what is cancelled then still has time before force.
    private(set) var drain: Int64
    private(set) var soft: Int64
    /// Awaiting ends, what is left is abandoned (S9).
    private(set) var reap: Int64
    /// Cleanup scopes end (S5): a quarter of the reserve is for that.
    private(set) var cleanup: Int64
    private(set) var hard: Int64

    static let minimalReserve: Int64 = 250_000_000

    init(start: Int64, limits: CloseLimits) {
        let reserve = max(limits.hard / 5, Self.minimalReserve)
        drain = start + limits.soft / 4 * 3
        soft = start + limits.soft
        reap = start + max(limits.hard - reserve, limits.soft)
        hard = start + limits.hard
        cleanup = hard - min(reserve / 4, limits.hard / 4)
    }

    /// Takes the earlier of each instant (S12: a second owner may only shorten).
    mutating func shorten(to other: CloseDeadlines) {
        drain = min(drain, other.drain)
        soft = min(soft, other.soft)
        reap = min(reap, other.reap)
        cleanup = min(cleanup, other.cleanup)
        hard = min(hard, other.hard)
    }
}
