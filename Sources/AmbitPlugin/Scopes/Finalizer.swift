/// A clean-up action that a scope will run.
public struct Finalizer: Promotable {
    /// Its identity (S18).
    public let handle: UInt64
    let runtime: HostRuntime

    /// Takes it back: it never runs. Without effect once it has begun.
    public func remove() { _ = runtime.tables.scope.remove(handle) }
}
