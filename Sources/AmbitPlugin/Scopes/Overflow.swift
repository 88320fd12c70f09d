/// What a full bounded queue does.
public enum Overflow: Int32, Sendable {
    /// The sender waits; senders that may not wait get `.full`.
    case wait = 0
    /// The gap is counted and told to the receiver.
    case dropOldest = 1
    /// An item replaces the queued one of the same key; a full queue drops the oldest.
    case coalesce = 2
    /// `.full`; a subscription ends.
    case fail = 3
}
