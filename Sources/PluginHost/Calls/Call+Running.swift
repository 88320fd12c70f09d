internal import CAmbit
internal import JSON
internal import MCP
internal import Scopes
internal import Synchronization

extension Call {
    /// Runs the handler where its tool says. Once, when its serial group lets it.
    ///
    /// - Parameter onCallersThread: whether an inline handler may run right here; else it runs on the plugin's executor.
    func start(onCallersThread: Bool) {
        plugin.gate.enter()
        switch handler.execution {
        case .inline where onCallersThread: plugin.services.loopWatch.run(handler) { runHandler() }
        case .inline, .async:
            armDeadline()
            let context = Unmanaged.passRetained(self)
            let posted = plugin.executor.post(context.toOpaque()) {
                Unmanaged<Call>.fromOpaque($0!).takeRetainedValue().runHandler()
            }
            if !posted { context.takeRetainedValue().runHandler() }
        case .blocking:
            armDeadline()
            if !plugin.blocking.submit({ [self] in runHandler() }) {
                plugin.gate.leave()
                refuse(
                    "the blocking threads of the plugin '\(plugin.name)' are busy and 64 jobs wait for them; try again later")
            }
        }
    }

    /// On the right thread, with the plugin's gate entered.
    private func runHandler() {
        if handler.execution == .blocking { callHandler() } else { PluginJob.run(plugin) { callHandler() } }
        plugin.gate.leave()
    }

    private func callHandler() {
        let (begin, handle) = core.withLock { ($0.machine.handle(.begin), $0.handle) }
        guard begin.contains(.run) else { return }
        switch handler.execution {
        case .async: Bracket.pluginThread.check(plugin, "invoke")
        case .blocking: Bracket.blockingThread.check(plugin, "invoke")
        // Where the request was received, or on the plugin's thread after it waited for its group.
        case .inline: break
        }
        handler.function.function(handler.function.context, handle)
        // Handlers that look whether their call has ended may return without another word.
        if handler.execution != .async, case .closing(let reason) = scope.state { scopeCloses(reason) }
        let (returned, entry, wasAbandoned) = core.withLock { ($0.machine.handle(.returned), $0.entry, $0.isAbandoned) }
        if wasAbandoned { plugin.abandonedWorkEnded() }
        if returned.contains(.sendUnfinished) {
            let how = handler.execution == .inline ? "inline" : "blocking"
            let text =
                "the plugin '\(plugin.name)' returned from its \(how) \(handler.kind.noun) '\(handler.name)' without finishing the call"
            deliver(.failure(.internalError(text)), Reason(.failed, by: plugin.name, text: text))
        }
        if returned.contains(.end) { entry?.ended() }
    }

    /// It entered its serial group, and leaves it when its scope has closed; false when that has happened already.
    func joinGroup() -> Bool {
        core.withLock { core in
            core.isInGroup = !core.isClosed
            return core.isInGroup
        }
    }

    /// The call can't run: its client is told why.
    func refuse(_ text: String) {
        finish(.failure(.unavailable(text)), Reason(.failed, by: plugin.name, text: text))
    }

    /// Ends the call with an outcome; false when it had one (A9).
    @discardableResult
    func finish(_ outcome: CallOutcome, _ reason: Reason) -> Bool {
        if let reason = reasonInsteadOf(outcome) { scopeCloses(reason) }
        let (actions, entry) = core.withLock { ($0.machine.handle(.finish), $0.entry) }
        guard actions.contains(.send) else {
            scope.runtime.ledger.count("calls.late")
            return false
        }
        entry?.answered()
        if actions.contains(.end) { entry?.ended() }
        deliver(outcome, reason)
        return true
    }

    /// Why its scope closes, where that is the outcome and not what the handler says: its task, or whatever it waits for, may hear of the end
    /// before the call does, and then it says something all the same. While a polite close drains, a handler still finishes what it does: its
    /// result counts, but a failure there is what the close has made of it.
    private func reasonInsteadOf(_ outcome: CallOutcome) -> Reason? {
        guard case .closing(let reason) = scope.state else { return nil }
        return reason.isPolite && outcome.isSuccess && !scope.isCancelling ? nil : reason
    }

    /// Gives the outcome to the sink at once, and closes the scope after the plugin's job on this thread has returned: by then the
    /// handler's own task has usually ended, so that there is nothing to cancel (see `PluginJob`). A job that goes on after
    /// it finished is still bound by the call's limits.
    private func deliver(_ outcome: CallOutcome, _ reason: Reason) {
        let begun = request.endsSessions ? takeMinted() : []
        let sink = takeSink()
        if !begun.isEmpty { tell(sink, of: begun) }
        sink?.finish(outcome)
        for session in begun { session.close(Reason(.completed, by: scope.path, text: "the call that began it has ended")) }
        endWritables()
        endAsks()
        PluginJob.closing(plugin) { [self] in scope.close(reason) }
    }

    /// A client that does not come back is told which programs end with the session that its call began.
    private func tell(_ sink: (any CallSink)?, of begun: [HostSession]) {
        let programs = begun.reduce(0) { $0 + $1.scope.snapshot().count(of: Kind.process.name) }
        guard programs > 0, request.context.admits(.notice), let data = try? JSONDocument(parsing: #"{"endedPrograms":\#(programs)}"#).root
        else { return }
        _ = sink?.log(.notice, logger: "ambit", data: data)
    }

    private func takeMinted() -> [HostSession] {
        core.withLock { core in
            defer { core.minted = [] }
            return core.minted
        }
    }

    private func takeSink() -> (any CallSink)? {
        core.withLock { $0.sink.take() }
    }

    /// From the call's entry: its scope closes.
    func scopeCloses(_ reason: Reason) {
        // With the fault a cancelled call waits for its result.
        if reason.kind == .cancelled, Fault.isOn("late-result-is-dropped") { return }
        let (actions, entry) = core.withLock { ($0.machine.handle(.cancel), $0.entry) }
        if actions.contains(.send) {
            entry?.answered()
            takeSink()?.finish(.cancelled(reason))
            endWritables()
            endAsks()
            // Nobody will ever learn their handles.
            for session in takeMinted() {
                session.close(Reason(reason.kind, by: scope.path, text: "the call that began it has ended without an answer"))
            }
        }
        if actions.contains(.end) { entry?.ended() }
    }

    /// From the call's entry: the handler did not return from `invoke` in time (S9).
    func handlerAbandoned() {
        let isRunning = core.withLock { core in
            core.isAbandoned = core.machine.isRunning
            // Counted before the handler can return.
            if core.isAbandoned { plugin.workAbandoned() }
            return core.isAbandoned
        }
        if isRunning, handler.execution != .inline { plugin.threadAbandoned(blocking: handler.execution == .blocking) }
    }

    /// Everything of the call has ended, or was given up.
    func scopeClosed(_ report: Report) {
        let (handle, scopeEntry, sessions, timer, isInGroup) = core.withLock { core in
            core.isClosed = true
            defer {
                core.entry = nil
                core.scopeEntry = nil
                core.sessions = []
                core.minted = []
                core.timer = nil
            }
            return (core.handle, core.scopeEntry, core.sessions, core.timer, core.isInGroup)
        }
        if let timer { scope.runtime.timers.cancel(timer) }
        HandleTable.shared.remove(handle)
        scopeEntry?.withdraw()
        for session in sessions { session.detach() }
        // Abandoned code of the call may still read its arguments.
        if report.abandoned > 0 { scope.keepForAbandoned(self) }
        if isInGroup { handler.group?.leave(self) }
        handler.uses?.leave()
    }

    // MARK: - Limits

    /// Watches the limits of a call that does not end within `invoke`.
    func armDeadline() {
        guard let first = deadline.first else { return }
        arm(at: first)
    }

    private func arm(at instant: Int64) {
        let runtime = scope.runtime
        let timer = runtime.timers.schedule(at: instant, on: runtime.executor) { [weak self] in self?.checkLimits() }
        let (kept, old) = core.withLock { core -> (Bool, TimerQueue.Entry?) in
            if core.isClosed { return (false, nil) }
            defer { core.timer = timer }
            return (true, core.timer)
        }
        if let old { runtime.timers.cancel(old) }
        if !kept { runtime.timers.cancel(timer) }
    }

    private func checkLimits() {
        // Whoever waits for an answer is not idle; the wait has a limit of its own.
        if core.withLock({ !$0.asks.isEmpty }) { touch() }
        switch deadline.check(now: scope.runtime.now, lastActivity: lastActivity.load(ordering: .relaxed)) {
        case .wait(let instant): arm(at: instant)
        case .expired(let limit):
            scope.close(Reason(.deadline, by: "limits of '\(handler.name)'", text: deadline.describe(limit)))
        }
    }
}
