internal import Scopes

/// A session's place in the table, owned by its scope: whatever ends the session withdraws it, and nothing else does (S1).
final class SessionRegistration: Resource, @unchecked Sendable {  // constants only
    private let session: HostSession
    private let sessions: Sessions

    init(_ session: HostSession, _ sessions: Sessions) {
        self.session = session
        self.sessions = sessions
        super.init(.registration, label: "session")
    }

    override func quiesce(_ reason: Reason) { sessions.withdraw(session) }

    override func release(_ reason: Reason) { sessions.withdraw(session) }
}
