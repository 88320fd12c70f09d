/// What a normal end of a scope does to a task that still runs (S10).
public enum AtEnd: Int32, Sendable {
    case cancel = 0
    /// It is awaited until the soft deadline, then cancelled.
    case finish = 1
}
