/// A timer that a scope owns.
public struct Timer: Promotable {
    /// Its identity (S18).
    public let handle: UInt64
    let runtime: HostRuntime

    /// No tick begins after this returns.
    public func cancel() { _ = runtime.tables.timer.cancel(handle) }
}

/// The context of a timer: lives from `start` to `destroyed`.
final class TimerWork: Sendable {
    let fire: @Sendable (UInt64) -> Void

    init(_ fire: @escaping @Sendable (UInt64) -> Void) { self.fire = fire }
}
