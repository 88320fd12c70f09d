/// Why a follower stopped.
enum FollowEnd: String, CaseIterable, Sendable {
    /// The process has ended, and its last line was delivered.
    case ended
    /// As many lines as were asked for.
    case lines
    /// The time that was given is up.
    case seconds
    /// The process is no longer remembered.
    case forgotten
}
