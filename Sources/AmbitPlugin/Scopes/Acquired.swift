/// A resource of an own kind, owned by the scope that acquired it. Dropping this value does nothing: the scope releases it.
public struct Acquired<Value: Sendable>: Promotable {
    /// Its identity (S18).
    public let handle: UInt64
    let table: ambit_host_kind

    /// For use until the scope closes.
    public let value: Value

    /// Says what it is doing, for the scope tree.
    public func describe(_ text: String) { _ = text.withAmbitText { table.describe(handle, $0) } }

    /// Begins to release it before its scope closes. Without effect once it has begun.
    public func end() { _ = table.end(handle) }
}
