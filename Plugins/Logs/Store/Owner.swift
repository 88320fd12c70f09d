/// Whose a process is: it ends with its owner, and only through its owner is it found.
enum Owner: Hashable, Sendable {
    /// Kept: it outlives sessions and every client sees it.
    case plugin
    /// By the session's key.
    case session(UInt64)
}
