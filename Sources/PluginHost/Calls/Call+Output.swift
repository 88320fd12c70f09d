internal import CAmbit
internal import JSON
internal import MCP
internal import Scopes
internal import Synchronization

/// What a handler sends while it runs. Nothing here waits.
extension Call {
    func touch() { lastActivity.store(scope.runtime.now, ordering: .relaxed) }

    private static let closed = Refusal(.closed, "the call has ended")

    /// Where output goes; refused once there is an outcome.
    private func openSink() throws(Refusal) -> any CallSink {
        guard let sink = core.withLock({ $0.machine.hasOutcome ? nil : $0.sink }) else { throw Self.closed }
        return sink
    }

    func progress(_ progress: Double, total: Double, message: ambit_text) throws(Refusal) {
        let sink = try openSink()
        touch()
        guard request.context.progressToken != nil else { return }
        let message = try message.optionalString("message")
        let known = total >= 0 && total.isFinite ? total : nil
        try Self.check(sink.progress(progress, total: known, message: message))
    }

    func log(_ level: Int32, logger: ambit_text, data: ambit_text) throws(Refusal) {
        let sink = try openSink()
        touch()
        guard let level = LogLevel(rawValue: Int(level)) else { throw .invalid("level is \(level): it is 0 (debug) to 7 (emergency)") }
        guard request.context.admits(level) else { return }
        let logger = try logger.string("logger")
        let value = try RawJSON.value(data, "data")
        try Self.check(sink.log(level, logger: logger, data: value))
    }

    private static func check(_ status: SinkStatus) throws(Refusal) {
        switch status {
        case .queued: return
        case .full: throw Refusal(.full, "the client reads too slowly: nothing was queued; wait with `writable`")
        case .closed: throw closed
        }
    }

    /// Calls `ready` once there is room, or with AMBIT_CANCELLED when the call ends first.
    func writable(_ ready: ForeignCallback<StatusFunction>) throws(Refusal) {
        enum Outcome { case closed, tooMany, waiting(any CallSink, UInt64) }
        let outcome = core.withLock { core -> sending Outcome in
            guard !core.machine.hasOutcome, let sink = core.sink else { return .closed }
            guard core.writables.count < Self.maximalWritables else { return .tooMany }
            core.lastWritable += 1
            core.writables.append(Writable(id: core.lastWritable, ready: ready))
            return .waiting(sink, core.lastWritable)
        }
        switch outcome {
        case .closed: throw Self.closed
        case .tooMany:
            throw Refusal(
                .overQuota, "\(Self.maximalWritables) waits for room are under way in this call already", quota: "writable")
        case .waiting(let sink, let id):
            plugin.gate.enter()
            sink.whenWritable { [weak self] isOpen in self?.endWritable(id, isOpen) }
        }
    }

    /// `ambit_host_call.disconnect`.
    func disconnect(retryMilliseconds retry: Int64) throws(Refusal) {
        let sink = try openSink()
        touch()
        guard (0...Self.longestRetry).contains(retry) else {
            throw .invalid("retry_ms is \(retry): it is 0 to \(Self.longestRetry)")
        }
        switch sink.disconnect(retry: retry * 1_000_000) {
        case .done: return
        case .closed: throw Self.closed
        case .unsupported(let why): throw Refusal(.unsupported, why)
        }
    }

    private static let longestRetry: Int64 = 300_000
    static let maximalWritables = 64

    private func endWritable(_ id: UInt64, _ isOpen: Bool) {
        let writable = core.withLock { core -> Writable? in
            guard let index = core.writables.firstIndex(where: { $0.id == id }) else { return nil }
            return core.writables.remove(at: index)
        }
        if let writable { tell(writable, isOpen ? statusOK : Refusal.Status.cancelled.raw) }
    }

    /// The call has its outcome: who waits for room is told.
    func endWritables() {
        let writables = core.withLock { core in
            defer { core.writables = [] }
            return core.writables
        }
        for writable in writables { tell(writable, Refusal.Status.cancelled.raw) }
    }

    private func tell(_ writable: Writable, _ status: ambit_status) {
        plugin.deliver { writable.ready.function(writable.ready.context, status) }
    }
}
