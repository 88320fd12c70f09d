import JSON
import MCP
import PluginHost
import Scopes
import Transport

/// One `tools/call`: the request side of a call (DESIGN section 2). It encodes what the handler says for the era of its client, and takes
/// care that exactly one answer goes out, or none after a cancellation.
final class CallExchange: CallSink, RequestUnderWay {
    private struct State {
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
    }

    let id: RequestID
    let context: RequestContext
    private let engine: Engine
    private let encoder: MessageEncoder
    private let sink: any ResponseSink
    private let key: InFlight.Key?
    private let session: HostSession?
    private let metrics: ToolMetrics
    /// Of the runtime's clock.
    private let startedAt: Int64
    private let state = Lock(State())

    init(
        engine: Engine, id: RequestID, context: RequestContext, sink: any ResponseSink, key: InFlight.Key?,
        session: HostSession?, metrics: ToolMetrics, startedAt: Int64
    ) {
        self.engine = engine
        self.id = id
        self.context = context
        self.sink = sink
        self.key = key
        self.session = session
        self.metrics = metrics
        self.startedAt = startedAt
        encoder = engine.encoder(for: context.version)
    }

    // MARK: what the handler says

    func progress(_ progress: Double, total: Double?, message: String?) -> SinkStatus {
        // Under the lock: progress must increase on the wire, whoever reports it.
        state.withLock { state in
            guard !state.isFinished, !state.isSilent else { return .closed }
            guard let token = context.progressToken else { return .queued }
            var gate = state.gate
            guard gate.admits(progress) else { return .queued }
            let status = sink.notify(encoder.progress(token: token, progress: progress, total: total, message: message))
            if status == .queued { state.gate = gate }
            return SinkStatus(status)
        }
    }

    func log(_ level: LogLevel, logger: String, data: JSONValue) -> SinkStatus {
        guard context.admits(level) else { return state.withLock { $0.isFinished || $0.isSilent } ? .closed : .queued }
        let message = encoder.log(level: level, logger: logger.isEmpty ? nil : logger, data: data)
        return state.withLock { state in
            guard !state.isFinished, !state.isSilent else { return .closed }
            return SinkStatus(sink.notify(message))
        }
    }

    func whenWritable(_ ready: @escaping @Sendable (Bool) -> Void) { sink.whenWritable(ready) }

    func finish(_ outcome: CallOutcome) {
        let before = state.withLock { state in
            let before = state
            state.isFinished = true
            state.isAttached = false
            state.handle = nil
            state.grace = nil
            return before
        }
        guard !before.isFinished else { return }
        let isSilent = before.isSilent
        if let grace = before.grace, !Fault.isOn("timer-cannot-cross-generation") { _ = engine.runtime.timers.cancel(grace) }
        if let key { engine.inFlight.remove(key) }
        if before.isAttached { session?.detach() }
        engine.callEnded()
        metrics.ended(CallEnd(outcome), nanoseconds: engine.runtime.now - startedAt)
        guard !isSilent else { return sink.end() }
        switch outcome {
        case .result(let result): sink.finish(encoder.toolResult(id: id, result), status: 200)
        case .failure(let error): sink.finish(MessageEncoder.error(id: id, error), status: error.httpStatus(context.era))
        case .cancelled(let reason):
            let error = ProtocolError.internalError(Self.text(reason))
            sink.finish(MessageEncoder.error(id: id, error), status: error.httpStatus(context.era))
        }
    }

    private static func text(_ reason: Reason) -> String {
        switch reason.kind {
        case .deadline: "the call was ended by a limit: \(reason.text.isEmpty ? reason.by : reason.text)"
        case .shutdown: "the server is stopping"
        case .unloaded: "the plugin was unloaded"
        default: "the call was ended: \(reason)"
        }
    }

    // MARK: what the client does

    func started(_ handle: CallHandle) {
        session?.attach()
        let (isOver, reason) = state.withLock { state -> (Bool, Reason?) in
            guard !state.isFinished else { return (true, nil) }
            state.handle = handle
            state.isAttached = session != nil
            return (false, state.cancellation)
        }
        if isOver { session?.detach() }
        if let reason { handle.cancel(reason) }
    }

    var isFinished: Bool { state.withLock { $0.isFinished } }

    /// `notifications/cancelled`: no answer may follow.
    func cancelled(_ why: String?) { end(Reason(.cancelled, by: "client", text: why ?? "")) }

    /// Nobody reads the answer. Modern: that is the cancellation. Legacy: the call is detached and has its grace.
    func clientGone(detachGrace: Int64) {
        if Fault.isOn("disconnect-mid-call-ends-request") { return }
        guard context.era == .legacy, detachGrace > 0 else { return end(Reason(.disconnected, by: "client")) }
        let entry = engine.runtime.timers.schedule(after: detachGrace, on: engine.runtime.executor) {
            // With the fault the timer knows the call by its id only.
            let call = Fault.isOn("timer-cannot-cross-generation") ? self.key.flatMap { self.engine.inFlight.find($0) } : self
            call?.end(Reason(.disconnected, by: "client", text: "detached for its grace"))
        }
        let (isOver, wasAttached) = state.withLock { state -> (Bool, Bool) in
            guard !state.isFinished else { return (true, false) }
            state.grace = entry
            defer { state.isAttached = false }
            return (false, state.isAttached)
        }
        if isOver { _ = engine.runtime.timers.cancel(entry) }
        // A call without a client is no activity.
        if wasAttached { session?.detach() }
    }

    private func end(_ reason: Reason) {
        let handle = state.withLock { state -> CallHandle? in
            guard !state.isFinished else { return nil }
            state.isSilent = !Fault.isOn("cancel-yields-one-terminal-state") && !Fault.isOn("late-result-is-dropped")
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
