/// What the server knows of the session that a message names (HTTP), or of the one that a process has (stdio).
package enum SessionLookup: Sendable {
    /// HTTP: no id was given. stdio: `initialize` did not come yet.
    case none
    /// An id was given, but no live session of this principal has it.
    case unknown
    case live(LegacySession)
}
