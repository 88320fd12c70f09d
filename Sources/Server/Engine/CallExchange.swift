import JSON
import MCP
import PluginHost
import Scopes
import Transport

/// The request side of a call (DESIGN section 2). It encodes what the handler says for the era of its client, and takes care that each request gets
/// exactly one answer, or none after a cancellation.
///
/// A call has one request after the other where its client has to be asked something in between: while it is suspended it has none.
final class CallExchange: CallSink, RequestUnderWay {
    /// One request: whom it came from, and where its answer goes.
    final class Wire: Sendable {
        private let request: ServedRequest
        let encoder: MessageEncoder
        let sink: any ResponseSink
        /// What its client may resume: the sink, or what the sink is a part of.
        let stream: ResumableStream?

        init(_ request: ServedRequest, encoder: MessageEncoder, sink: any ResponseSink, stream: ResumableStream?) {
            self.request = request
            self.encoder = encoder
            self.sink = sink
            self.stream = stream
        }

        var id: RequestID { request.id }
        var context: RequestContext { request.context }
        var key: InFlight.Key? { request.key }
    }

    struct State {
        /// Nil while the call waits for the next request of its client.
        var wire: Wire?
        /// Of its last request.
        var context: RequestContext
        var handle: CallHandle?
        var gate = ProgressGate()
        var isFinished = false
        /// The client took the request back, or is gone: nothing may be sent any more.
        var isSilent = false
        /// The session counts the request as activity until it is answered or its client is gone.
        var isAttached = false
        /// Wanted before the handle was known.
        var cancellation: Reason?
        var grace: TimerQueue.Entry?
        /// Of the client's comings and goings, the last that was heard of.
        var presence = 0
        /// What the client is asked, and was.
        var asking = Asking()
        /// What it has become; its outcome is that of the task.
        var task: CallTask?
        var taskTimer: TimerQueue.Entry?
        /// It is being found out whether it becomes one; and: it can't.
        var isBecomingTask = false
        var isNoTask = false
        /// The handler has finished while there was no request to answer.
        var parked: CallOutcome?
    }

    let engine: Engine
    /// What is called, by whom, with what: its first request's.
    let subject: Subject
    let era: Era
    let session: HostSession?
    let taskWish: TaskWish
    private let metrics: ToolMetrics
    /// Of the runtime's clock.
    private let startedAt: Int64
    let state: Lock<State>

    /// What a client may continue only with the same words.
    struct Subject: Sendable {
        let principal: String
        let handler: Handler
        let arguments: JSONValue?
        /// Where the client's later answers are found: the protocol session, in the era that has them.
        let questions: SessionQuestions?
    }

    init(
        engine: Engine, wire: Wire, subject: Subject, session: HostSession?, metrics: ToolMetrics, startedAt: Int64,
        responses: InputResponses?, earlier: [(key: String, value: JSONValue)], taskWish: TaskWish
    ) {
        self.engine = engine
        self.subject = subject
        era = wire.context.era
        self.session = session
        self.taskWish = taskWish
        self.metrics = metrics
        self.startedAt = startedAt
        state = Lock(State(wire: wire, context: wire.context, asking: Asking(given: earlier, responses: responses)))
    }

    // MARK: what the handler says

    func progress(_ progress: Double, total: Double?, message: String?) -> SinkStatus {
        // Under the lock: progress must increase on the wire, whoever reports it.
        state.withLock { state in
            guard !state.isFinished, !state.isSilent else { return .closed }
            if let task = state.task, let message { task.report(message) }
            guard let wire = state.wire, let token = wire.context.progressToken else { return .queued }
            var gate = state.gate
            guard gate.admits(progress) else { return .queued }
            let status = wire.sink.notify(wire.encoder.progress(token: token, progress: progress, total: total, message: message))
            if status == .queued { state.gate = gate }
            return SinkStatus(status)
        }
    }

    func log(_ level: LogLevel, logger: String, data: JSONValue) -> SinkStatus {
        state.withLock { state in
            guard !state.isFinished, !state.isSilent else { return .closed }
            guard let wire = state.wire, wire.context.admits(level) else { return .queued }
            return SinkStatus(wire.sink.notify(wire.encoder.log(level: level, logger: logger.isEmpty ? nil : logger, data: data)))
        }
    }

    func whenWritable(_ ready: @escaping @Sendable (Bool) -> Void) {
        let (sink, isOver) = state.withLock { ($0.wire?.sink, $0.isFinished) }
        guard let sink else { return engine.runtime.executor.post { ready(!isOver) } }
        sink.whenWritable(ready)
    }

    /// What has to be ended when the handler has finished.
    private struct Ending {
        let wire: Wire?
        let grace: TimerQueue.Entry?
        let task: CallTask?
        let taskTimer: TimerQueue.Entry?
        let sent: [String: TimerQueue.Entry?]
        let isAttached: Bool
        let isSilent: Bool
    }

    func finish(_ outcome: CallOutcome) {
        let before = state.withLock { state -> Ending? in
            guard !state.isFinished else { return nil }
            state.isFinished = true
            if state.wire == nil, state.task == nil { state.parked = outcome }
            state.handle = nil
            defer {
                state.isAttached = false
                state.asking.sent = [:]
            }
            return Ending(
                wire: state.wire.take(), grace: state.grace.take(), task: state.task.take(), taskTimer: state.taskTimer.take(),
                sent: state.asking.sent, isAttached: state.isAttached, isSilent: state.isSilent)
        }
        guard let before else { return }
        if let grace = before.grace, !Fault.isOn("timer-cannot-cross-generation") { _ = engine.runtime.timers.cancel(grace) }
        if let timer = before.taskTimer { engine.runtime.timers.cancel(timer) }
        if before.isAttached { session?.detach() }
        engine.callEnded()
        metrics.ended(CallEnd(outcome), nanoseconds: engine.runtime.now - startedAt)
        if !before.sent.isEmpty { withdraw(before.sent) }
        if let task = before.task { return finish(task, outcome) }
        guard let wire = before.wire else { return suspensionOver(outcome) }
        if let key = wire.key { engine.inFlight.remove(key) }
        guard !before.isSilent else { return wire.sink.end() }
        answer(wire, outcome)
    }

    func answer(_ wire: Wire, _ outcome: CallOutcome) {
        switch outcome {
        case .result(let result): wire.sink.finish(encode(result, wire), status: 200)
        case .failure(let error): refuse(wire, error)
        case .cancelled(let reason): refuse(wire, .ended(Self.text(reason)))
        }
    }

    func refuse(_ wire: Wire, _ error: ProtocolError) {
        let error = error.spoken(in: wire.context.era)
        wire.sink.finish(MessageEncoder.error(id: wire.id, error), status: error.httpStatus(wire.context.era), headers: error.headers)
    }

    private func encode(_ result: CallResult, _ wire: Wire) -> [UInt8] {
        switch subject.handler.kind {
        case .tool: wire.encoder.toolResult(id: wire.id, result)
        case .resource: wire.encoder.resourceContents(id: wire.id, result.content.compactMap(\.resource), meta: result.meta)
        case .prompt: wire.encoder.promptResult(id: wire.id, result)
        case .completion: wire.encoder.completionResult(id: wire.id, result)
        }
    }

    /// What a call has come to that was ended by something else than its handler, for its client.
    static func text(_ reason: Reason) -> String {
        let why = reason.text.isEmpty ? "" : ": \(reason.text)"
        switch reason.kind {
        case .deadline: return "the call was ended by a limit: \(reason.text.isEmpty ? reason.by : reason.text)"
        case .shutdown: return "the server is stopping"
        case .unloaded: return "the plugin was unloaded"
        case .idle: return "the session was ended\(why)"
        case .cancelled: return "the call was cancelled by \(reason.by == byClient ? "its client" : reason.by)\(why)"
        case .disconnected: return "the client is gone\(why)"
        case .completed where reason.by == byClient: return "the session was ended by its client"
        case .completed, .failed, .ownerClosed, .ownerDied:
            return "the call was ended by \(reason.by)\(why)"
        }
    }

    /// Who ends something, in a `Reason`.
    static let byClient = "client"

    // MARK: what the client does

    func started(_ handle: CallHandle) {
        session?.attach()
        let (isOver, isAttached, reason) = state.withLock { state -> (Bool, Bool, Reason?) in
            guard !state.isFinished else { return (true, false, nil) }
            state.handle = handle
            // It may be suspended already: what has no request is no activity.
            state.isAttached = session != nil && (state.wire != nil || state.task != nil)
            return (false, state.isAttached, state.cancellation)
        }
        if isOver || !isAttached { session?.detach() }
        if let reason { return handle.cancel(reason) }
        if case .after(1...) = taskWish { becomeTaskLater() }
    }

    var isFinished: Bool { state.withLock { $0.isFinished } }

    /// Why it is to end, once that is wanted.
    var cancellation: Reason? { state.withLock { $0.cancellation } }

    /// `notifications/cancelled`: no answer may follow.
    func cancelled(_ why: String?) { end(Reason(.cancelled, by: Self.byClient, text: why ?? "")) }

    /// How long a call goes on without its client.
    struct Grace: Sendable {
        let nanoseconds: Int64
        let setting: StaticString

        init(_ nanoseconds: Int64, _ setting: StaticString) {
            self.nanoseconds = nanoseconds
            self.setting = setting
        }

        var over: String {
            let time = nanoseconds % 1_000_000_000 == 0 ? "\(nanoseconds / 1_000_000_000) s" : "\(nanoseconds / 1_000_000) ms"
            return "it did not come back within \(time) (\(setting))"
        }
    }

    /// Nobody reads the answer of this request. Modern: that is the cancellation. Legacy: the call is detached and has its grace.
    ///
    /// - Parameter number: of the client's comings and goings; one that is older than the last is nothing new.
    func clientGone(_ id: RequestID, _ number: Int, grace: Grace) {
        if Fault.isOn("disconnect-mid-call-ends-request") { return }
        let (wire, isNew) = state.withLock { ($0.wire, number > $0.presence) }
        guard wire?.id == id, isNew else { return }
        guard era == .legacy else { return end(Reason(.disconnected, by: Self.byClient)) }
        // Said to a client that comes back later than that, as long as what was said is kept.
        let isSilent = wire?.stream == nil
        let reason = Reason(.disconnected, by: Self.byClient, text: grace.over)
        guard grace.nanoseconds > 0 else { return end(reason, isSilent: isSilent) }
        let entry = engine.runtime.timers.schedule(after: grace.nanoseconds, on: engine.runtime.executor) {
            // With the fault the timer knows the call by its id only.
            let call = Fault.isOn("timer-cannot-cross-generation") ? wire?.key.flatMap { self.engine.inFlight.find($0) } : self
            guard let call, call !== self || self.isWithoutClient(since: number) else { return }
            call.end(reason, isSilent: isSilent)
        }
        let (stale, wasAttached) = state.withLock { state -> (TimerQueue.Entry?, Bool) in
            guard !state.isFinished, number > state.presence else { return (entry, false) }
            state.presence = number
            let old = state.grace
            state.grace = entry
            defer { state.isAttached = false }
            return (old, state.isAttached)
        }
        if let stale { _ = engine.runtime.timers.cancel(stale) }
        // A call without a client is no activity.
        if wasAttached { session?.detach() }
    }

    /// The client reads the stream of this request again.
    func clientBack(_ number: Int) {
        session?.attach()
        let (grace, isAttached) = state.withLock { state -> (TimerQueue.Entry?, Bool) in
            guard !state.isFinished, number > state.presence else { return (nil, false) }
            state.presence = number
            guard session != nil, !state.isAttached, state.wire != nil else { return (state.grace.take(), false) }
            state.isAttached = true
            return (state.grace.take(), true)
        }
        if !isAttached { session?.detach() }
        if let grace { _ = engine.runtime.timers.cancel(grace) }
    }

    private func isWithoutClient(since number: Int) -> Bool { state.withLock { $0.presence == number } }

    /// Ends the connection that the client reads this request on, not the request: it is to come back (SEP-1699).
    func disconnect(retry: Int64) -> ClientDisconnect {
        guard let wire = state.withLock({ $0.isFinished || $0.isSilent ? nil : $0.wire }) else { return .closed }
        guard let stream = wire.stream, stream.primes else {
            return .unsupported("only clients of \(ProtocolVersion.v2025_11_25.rawValue) over HTTP come back to a stream that was closed")
        }
        stream.disconnect(retry: retry)
        return .done
    }

    /// - Parameter isSilent: nothing may be sent any more.
    func end(_ reason: Reason, isSilent: Bool = true) {
        let handle = state.withLock { state -> CallHandle? in
            guard !state.isFinished else { return nil }
            if isSilent { state.isSilent = !Fault.isOn("cancel-yields-one-terminal-state") && !Fault.isOn("late-result-is-dropped") }
            state.cancellation = state.cancellation ?? reason
            return state.handle
        }
        handle?.cancel(reason)
    }
}

extension SinkStatus {
    init(_ status: SendStatus) {
        switch status {
        case .queued: self = .queued
        case .full: self = .full
        case .closed: self = .closed
        }
    }
}
