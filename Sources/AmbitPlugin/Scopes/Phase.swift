/// When a finalizer runs (S6).
public enum Phase: Int32, Sendable {
    /// Polite goodbyes, before anything is cancelled; skipped when the reason is not a normal end.
    case drain = 1
    /// Always, last, in reverse order of registration.
    case free = 4
}
