internal import PluginHost
internal import Scopes

/// A session of a test host: a protocol session, as clients of the older era and on stdio have one, or a handle that a plugin minted.
public final class TestSession: Sendable {
    let session: HostSession
    private let host: TestHost

    init(_ session: HostSession, _ host: TestHost) {
        self.session = session
        self.host = host
    }

    public var isOpen: Bool { session.scope.isOpen }

    /// Ends it, as a client does that goes, and waits until it is closed.
    public func end() async {
        session.close(Scopes.Reason(.completed, by: "client"))
        let patience = ContinuousClock.now + .seconds(1)
        _ = await host.run(
            until: { if case .closed = self.session.scope.state { true } else { false } },
            horizon: { ContinuousClock.now > patience ? .max : 0 }, within: .seconds(30))
    }
}

extension TestHost {
    /// Begins a protocol session.
    ///
    /// - Parameters:
    ///   - idle: it ends after this long without a call; nil: never.
    ///   - principal: whose it is.
    public func openSession(idle: Duration? = .seconds(1800), principal: String = "") throws(TestHostError) -> TestSession {
        do throws(SessionRefused) {
            let idle = idle.map { $0.components.seconds * 1_000_000_000 + $0.components.attoseconds / 1_000_000_000 }
            return TestSession(try host.sessions.open(kind: .protocol, idle: idle ?? 0, principal: principal), self)
        } catch {
            throw TestHostError(error.text)
        }
    }

    /// The session of a handle that a plugin has minted (`TestResult.session`); nil: unknown, ended, or somebody else's.
    public func session(handle: String, principal: String = "") -> TestSession? {
        host.sessions.find(id: handle, principal: principal).map { TestSession($0, self) }
    }

    /// Sessions and handles that are open now.
    public var sessionCount: Int { host.sessions.count }
}
