import MCP
import PluginHost
import Scopes
import Transport

extension Kind {
    /// What a client negotiated with `initialize`, and its streams.
    static let session = Kind("protocolSession", phase: .reap)
}

/// The legacy session of a client: what it negotiated and where messages outside of requests go. It belongs to the session's scope, whose
/// close ends it for every reason there is (row every-exit-uses-one-path).
final class ProtocolSession: Resource, @unchecked Sendable {  // the lock guards `state`
    private struct State {
        var legacy: LegacySession
        var streams: [SessionStream] = []
        var isClosed = false
    }

    let host: HostSession
    /// What the server asks its client.
    let questions = SessionQuestions()
    private let state: Lock<State>
    private let onClose: @Sendable (ProtocolSession) -> Void

    init(_ host: HostSession, _ legacy: LegacySession, onClose: @escaping @Sendable (ProtocolSession) -> Void) {
        self.host = host
        self.onClose = onClose
        state = Lock(State(legacy: legacy))
        super.init(.session, label: legacy.version.rawValue)
    }

    var legacy: LegacySession { state.withLock { $0.legacy } }

    func initialized() { state.withLock { $0.legacy.isInitialized = true } }

    func set(logLevel: LogLevel) { state.withLock { $0.legacy.logLevel = logLevel } }

    /// False when the session has as many streams as it may have, or is closing.
    func attach(_ stream: SessionStream, atMost limit: Int) -> Bool {
        state.withLock { state in
            guard !state.isClosed, state.streams.count < limit else { return false }
            state.streams.append(stream)
            return true
        }
    }

    /// False where it was not attached any more.
    func detach(_ stream: SessionStream) -> Bool {
        let wasAttached = state.withLock { state in
            let count = state.streams.count
            state.streams.removeAll { $0 === stream }
            return state.streams.count < count
        }
        if Fault.isOn("two-streams-one-session") {
            for other in state.withLock({ $0.streams }) { other.release(Reason(.disconnected, by: "another stream")) }
        }
        return wasAttached
    }

    /// Sends a message outside of any request: on one stream only, as the transport demands, the oldest that takes it.
    func send(_ message: [UInt8]) -> Bool {
        let streams = state.withLock { $0.streams }
        return streams.contains { $0.send(message) }
    }

    override func quiesce(_ reason: Reason) { close(reason) }

    override func release(_ reason: Reason) { close(reason) }

    override var describe: String { state.withLock { "\($0.streams.count) streams" } }

    private func close(_ reason: Reason) {
        if reason.kind == .idle, Fault.isOn("every-exit-uses-one-path") { return }
        let first = state.withLock { state in
            defer { state.isClosed = true }
            return !state.isClosed
        }
        guard first else { return }
        questions.close()
        onClose(self)
    }
}
