/// An item of a channel.
public struct Received<Value: Sendable>: Sendable {
    public let value: Value
    /// Items lost right before this one (`.dropOldest`, `.coalesce`).
    public let dropped: UInt64
}
