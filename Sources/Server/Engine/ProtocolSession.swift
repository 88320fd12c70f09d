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
///
/// Events that no stream takes wait, each once, for one that does: a client that opens its stream late or anew misses no change.
final class ProtocolSession: Resource, EventSubscriber, @unchecked Sendable {  // the lock guards `state`
    private struct State {
        var legacy: LegacySession
        var streams: [SessionStream] = []
        var pending: PendingEvents
        /// URIs that the client has subscribed to.
        var subscriptions: Set<String> = []
        var isWaiting = false
        var isClosed = false

        /// Of resources, what it has subscribed to, and what lies below.
        func wants(_ event: ServerEvent) -> Bool {
            switch event {
            case .resourceUpdated(let uri): subscriptions.contains(uri) || subscriptions.contains { SubscriptionFilter.covers($0, uri) }
            case .taskChanged: false
            case .toolsListChanged, .resourcesListChanged, .promptsListChanged: true
            }
        }
    }

    let host: HostSession
    /// What the server asks its client.
    let questions = SessionQuestions()
    /// Nil where no stream can be resumed: on stdio, or because nothing may be kept.
    let replay: SessionReplay?
    private let engine: Engine
    /// Nil on stdio, where the one stream is the transport's.
    private let id: String?
    private let encoder: MessageEncoder
    private let state: Lock<State>

    init(_ host: HostSession, _ legacy: LegacySession, id: String?, _ engine: Engine) {
        self.host = host
        self.engine = engine
        self.id = id
        encoder = engine.encoder(for: legacy.version)
        let limits = engine.limits.replay
        replay = id == nil || limits.events == 0 ? nil : SessionReplay(limits, engine.replayGauges, engine.runtime)
        state = Lock(State(legacy: legacy, pending: PendingEvents(maximalURIs: engine.limits.pendingEvents)))
        super.init(.session, label: legacy.version.rawValue)
    }

    var legacy: LegacySession { state.withLock { $0.legacy } }

    /// Whether its client takes an event without data for what it is (SEP-1699).
    var primes: Bool { encoder.version >= .v2025_11_25 }

    var sessionKey: UInt64? { host.key }

    /// From here on it is told of events.
    func initialized() {
        state.withLock { state in
            guard !state.isClosed else { return }
            state.legacy.isInitialized = true
            engine.hub.add(self)
        }
    }

    /// `resources/subscribe`. False when it has as many subscriptions as it may have; twice is once.
    func subscribe(_ uri: String) -> Bool {
        state.withLock { state in
            guard state.subscriptions.count < engine.limits.pendingEvents || state.subscriptions.contains(uri) else { return false }
            state.subscriptions.insert(uri)
            return true
        }
    }

    func unsubscribe(_ uri: String) { _ = state.withLock { $0.subscriptions.remove(uri) } }

    func set(logLevel: LogLevel) { state.withLock { $0.legacy.logLevel = logLevel } }

    /// False when the session has as many streams as it may have, or is closing.
    func attach(_ stream: SessionStream, atMost limit: Int) -> Bool {
        state.withLock { state in
            guard !state.isClosed, state.streams.count < limit else { return false }
            state.streams.append(stream)
            flush(&state)
            return true
        }
    }

    /// False where it was not attached any more.
    func detach(_ stream: SessionStream) -> Bool {
        let wasAttached = state.withLock { state in
            let count = state.streams.count
            state.streams.removeAll { $0 === stream }
            flush(&state)
            return state.streams.count < count
        }
        if Fault.isOn("two-streams-one-session") {
            for other in state.withLock({ $0.streams }) { other.release(Reason(.disconnected, by: "another stream")) }
        }
        return wasAttached
    }

    /// A stream takes messages now.
    func flush() { state.withLock { flush(&$0) } }

    func deliver(_ event: ServerEvent) {
        let isTaken = state.withLock { state -> Bool in
            guard !state.isClosed, state.wants(event) else { return true }
            guard state.pending.offer(event) else { return false }
            flush(&state)
            return true
        }
        if !isTaken { engine.runtime.ledger.count("notifications.unsent") }
    }

    override func quiesce(_ reason: Reason) { close(reason) }

    override func release(_ reason: Reason) { close(reason) }

    override var describe: String { state.withLock { "\($0.streams.count) streams" } }

    private func close(_ reason: Reason) {
        if reason.kind == .idle, Fault.isOn("every-exit-uses-one-path") { return }
        let first = state.withLock { state in
            defer {
                state.isClosed = true
                state.pending.removeAll()
                state.subscriptions = []
            }
            return !state.isClosed
        }
        guard first else { return }
        questions.close()
        replay?.close()
        engine.hub.remove(self)
        engine.forget(self, id: id)
    }

    /// Sends what waits: each message on one stream only, as the transport demands, the oldest that takes it.
    private func flush(_ state: inout State) {
        while !state.isClosed, let event = state.pending.first {
            let outlets: [any MessageOutlet] = id == nil ? engine.stdioOutlet.map { [$0] } ?? [] : state.streams.map(\.sink)
            let message = encoder.event(event)
            var isFull: (any MessageOutlet)?
            let isSent = outlets.contains { outlet in
                let status = outlet.notify(message)
                if status == .full { isFull = isFull ?? outlet }
                return status == .queued
            }
            guard isSent else {
                if let isFull, !state.isWaiting {
                    state.isWaiting = true
                    isFull.whenWritable { [weak self] isWritable in self?.writable(isWritable) }
                }
                return
            }
            state.pending.removeFirst()
        }
    }

    /// One that is over is detached, which tries again.
    private func writable(_ isWritable: Bool) {
        state.withLock { state in
            state.isWaiting = false
            if isWritable { flush(&state) }
        }
    }
}
