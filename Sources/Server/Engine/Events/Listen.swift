import MCP
import PluginHost
import Scopes
import Transport

/// One `subscriptions/listen` (DIGEST 1.10): a stream of the modern era that ends with its client, or with the server, or with the stdio
/// connection.
///
/// What does not fit the client's queue waits here, each event once; a client that does not read at all loses its stream by the write
/// deadline of its transport.
final class Listen: Resource, EventSubscriber, RequestUnderWay, @unchecked Sendable {  // the lock guards `state`
    private struct State {
        /// Sent before anything else; nil when it was.
        var acknowledgement: [UInt8]?
        var pending: PendingEvents
        var isWaiting = false
        var isOver = false
        /// Ends it with what it was opened with.
        var expiry: TimerQueue.Entry?
    }

    let sessionKey: UInt64?
    private let id: RequestID
    private let principal: String
    private let filter: SubscriptionFilter
    private let engine: Engine
    private let encoder: MessageEncoder
    private let sink: any ResponseSink
    /// On stdio: what it can be cancelled by.
    private let key: InFlight.Key?
    private let state: Lock<State>

    /// - Parameter filter: what of the client's is honoured.
    init(
        _ engine: Engine, id: RequestID, principal: String, filter: SubscriptionFilter, encoder: MessageEncoder, sessionKey: UInt64?,
        key: InFlight.Key?,
        sink: any ResponseSink
    ) {
        self.engine = engine
        self.id = id
        self.principal = principal
        self.filter = filter
        self.encoder = encoder
        self.sessionKey = sessionKey
        self.key = key
        self.sink = sink
        state = Lock(
            State(
                acknowledgement: encoder.acknowledged(filter, subscription: id),
                pending: PendingEvents(maximalURIs: engine.limits.pendingEvents)))
        super.init(.stream, label: "listen")
    }

    /// Registers and acknowledges. Under one lock: whatever happens after the registration comes after the acknowledgement, and nothing
    /// that happens between the two is lost.
    ///
    /// - Parameter expiry: when what its client was let in with ends, Unix epoch, nanoseconds; nil: it does not.
    func begin(until expiry: Int64? = nil) {
        sink.openStream()
        let isOver = state.withLock { state in
            guard !state.isOver else { return true }
            engine.hub.add(self)
            flush(&state)
            return false
        }
        // It may have ended before its scope owned it.
        if isOver { return ended() }
        if let expiry { arm(expiry) }
    }

    private func arm(_ expiry: Int64) {
        let runtime = engine.runtime
        let timer = runtime.timers.schedule(after: expiry - Monotonic.unixNow(), on: runtime.executor) { [weak self] in
            self?.end { sink, _ in sink.end() }
        }
        let isKept = state.withLock { state in
            if !state.isOver { state.expiry = timer }
            return !state.isOver
        }
        if !isKept { runtime.timers.cancel(timer) }
    }

    func deliver(_ event: ServerEvent) {
        guard filter.wants(event) else { return }
        let isLost = state.withLock { state -> Bool in
            guard !state.isOver else { return false }
            guard state.pending.offer(event) else { return true }
            flush(&state)
            return false
        }
        guard isLost else { return }
        // It is told nothing rather than a part.
        engine.runtime.ledger.count("streams.slow")
        end { sink, _ in sink.end() }
    }

    /// `notifications/cancelled` (stdio): nothing more is sent.
    func cancelled(_ why: String?) { end { sink, _ in sink.end() } }

    /// Its client has closed the stream, or was lost.
    func clientGone() {
        if Fault.isOn("vanished-listens-are-forgotten") { return }
        end { _, _ in }
    }

    override func quiesce(_ reason: Reason) { engine.hub.remove(self) }

    /// The server ends it: the client is told with its answer. On stdio, where the stream goes on, with a cancellation as well.
    override func drain(_ reason: Reason) -> Bool {
        end { sink, isAcknowledged in
            // Nothing of a subscription may come before its acknowledgement.
            guard isAcknowledged else {
                return engine.refuse(id, .stopping, sink, status: 503)
            }
            sink.finish(encoder.listenResult(id: id), status: 200)
            guard key != nil else { return }
            engine.notifyStdio(encoder.listenCancelled(id: id, reason: "the server is stopping"))
        }
        return true
    }

    override func release(_ reason: Reason) { end { sink, _ in sink.end() } }

    override var describe: String { state.withLock { $0.pending.count == 0 ? "" : "\($0.pending.count) events wait" } }

    /// The one way out.
    ///
    /// - Parameter last: what its client gets at the end; told whether the acknowledgement was sent.
    private func end(_ last: (any ResponseSink, Bool) -> Void) {
        let ending = state.withLock { state -> (Bool, TimerQueue.Entry?)? in
            guard !state.isOver else { return nil }
            state.isOver = true
            state.pending.removeAll()
            return (state.acknowledgement == nil, state.expiry.take())
        }
        guard let (isAcknowledged, expiry) = ending else { return }
        if let expiry { engine.runtime.timers.cancel(expiry) }
        engine.hub.remove(self)
        if let key { engine.inFlight.remove(key) }
        last(sink, isAcknowledged)
        ended()
    }

    /// Hands over what waits, in order, as long as it is taken.
    private func flush(_ state: inout State) {
        guard !state.isWaiting else { return }
        while let message = state.acknowledgement ?? next(&state.pending) {
            switch sink.notify(message) {
            case .queued: if state.acknowledgement == nil { state.pending.removeFirst() } else { state.acknowledgement = nil }
            case .full:
                state.isWaiting = true
                sink.whenWritable { [weak self] isWritable in self?.writable(isWritable) }
                return
            // Whoever ended it says so.
            case .closed: return
            }
        }
    }

    /// What is to be sent next; a task that is gone has nothing more to say.
    private func next(_ pending: inout PendingEvents) -> [UInt8]? {
        while let event = pending.first {
            guard case .taskChanged(let task) = event else { return encoder.event(event, subscription: id) }
            if let task = engine.tasks.find(task, of: principal) { return encoder.taskChanged(task.snapshot, subscription: id) }
            pending.removeFirst()
        }
        return nil
    }

    private func writable(_ isWritable: Bool) {
        state.withLock { state in
            state.isWaiting = false
            if isWritable, !state.isOver { flush(&state) }
        }
    }
}
