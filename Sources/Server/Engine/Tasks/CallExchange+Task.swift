import JSON
import MCP
import PluginHost
import Scopes
import Transport

/// A call that becomes a task in place (DIGEST 1.17).
extension CallExchange {
    /// When a call becomes one.
    enum TaskWish: Sendable {
        case never
        /// When it asks its client something, or takes longer than this: nanoseconds, 0 at once.
        case after(Int64)
    }

    /// Whether a call is one.
    enum Becoming: Sendable { case isOne, undecided, isNone }

    func becomeTaskLater() {
        guard case .after(let delay) = taskWish else { return }
        let timer = engine.runtime.timers.schedule(after: delay, on: engine.runtime.executor) { [weak self] in _ = self?.becomeTask() }
        let isKept = state.withLock { state in
            guard !state.isFinished, state.task == nil else { return false }
            state.taskTimer = timer
            return true
        }
        if !isKept { engine.runtime.timers.cancel(timer) }
    }

    /// The request that began the call is answered with the task as soon as that is stored, and the call goes on. Until then it is a call like any
    /// other, and one whose task can't be stored stays that.
    ///
    /// - Parameter decided: called once, on any thread, before the client knows: with what it is, and whether it is no task because that can't be stored.
    @discardableResult
    func becomeTask(_ decided: @escaping @Sendable (Becoming, _ isUnstored: Bool) -> Void = { _, _ in }) -> Becoming {
        guard case .after = taskWish else {
            decided(.isNone, false)
            return .isNone
        }
        let (known, bytes) = state.withLock { state -> (Becoming?, Int) in
            if state.task != nil { return (.isOne, 0) }
            if state.isBecomingTask { return (.undecided, 0) }
            guard !state.isFinished, !state.isSilent, !state.isNoTask, state.wire != nil else { return (.isNone, 0) }
            state.isBecomingTask = true
            return (nil, heldBytes(state))
        }
        if let known {
            decided(known, false)
            return known
        }
        let now = Monotonic.unixNow()
        let tasks = engine.tasks
        let snapshot = TaskSnapshot(
            id: UnguessableName.make(), createdAt: now, updatedAt: now, timeToLive: tasks.limits.timeToLive)
        let task = CallTask(snapshot, principal: subject.principal, tool: subject.handler.name, call: self)
        guard tasks.insert(task, bytes: bytes) == nil else {
            state.withLock { $0.isBecomingTask = false }
            askAfterAll()
            decided(.isNone, false)
            return .isNone
        }
        // On disk before its client knows of it.
        tasks.keep(task) { [self] isStored in
            // Not on the thread that stores.
            engine.runtime.executor.post { [self] in
                if let wire = isStored ? becomes(task) : nil {
                    decided(.isOne, false)
                    engine.runtime.ledger.count("tasks.created")
                    return wire.sink.finish(wire.encoder.taskCreated(id: wire.id, task.snapshot), status: 200)
                }
                tasks.remove(task)
                state.withLock { state in
                    state.isBecomingTask = false
                    state.isNoTask = !isStored
                }
                askAfterAll()
                decided(.isNone, !isStored)
            }
        }
        return .undecided
    }

    /// It is stored. Its request, to be answered; nil: the call has ended meanwhile, or nobody waits for its answer.
    private func becomes(_ task: CallTask) -> Wire? {
        let leaving = state.withLock { state -> (Wire, TimerQueue.Entry?)? in
            guard !state.isFinished, !state.isSilent, let wire = state.wire.take() else { return nil }
            state.isBecomingTask = false
            state.task = task
            state.asking.responses = nil
            return (wire, state.taskTimer.take())
        }
        guard let (wire, timer) = leaving else { return nil }
        if let timer { engine.runtime.timers.cancel(timer) }
        if let key = wire.key { engine.inFlight.remove(key) }
        if let refusal = taskAsks() {
            let refused = state.withLock { state in
                defer { state.asking.open = [] }
                return state.asking.open
            }
            for question in refused { question.round.answer(question.index, .failed(refusal.text)) }
        }
        return wire
    }

    /// `tasks/update`: answers that were asked for; others change nothing. Not nil: there is no room for them.
    func answer(_ responses: InputResponses, _ task: CallTask) -> ReachedLimit? {
        let size = state.withLock { heldBytes($0) } + (responses.answers?.document.memory ?? 0)
        if let limit = engine.tasks.resize(task, to: size) { return limit }
        let answered = state.withLock { state -> [(OpenQuestion, AskAnswer)] in
            guard !state.isFinished else { return [] }
            state.asking.responses = responses
            defer { state.asking.responses = nil }
            return state.asking.takeAnswers()
        }
        _ = taskAsks()
        for (question, answer) in answered { question.round.answer(question.index, answer) }
        return nil
    }

    /// What the client of a task is asked may have changed: it says so. Not nil: it is too much, and nothing is said.
    func taskAsks() -> AskRefusal? {
        let (task, questions, bytes) = state.withLock { ($0.task, $0.asking.open.map(\.request), heldBytes($0)) }
        guard let task else { return nil }
        if let limit = engine.tasks.resize(task, to: bytes) { return .tooMany(limit.text) }
        if task.ask(questions) { engine.hub.publish(.taskChanged(id: task.id), to: [.everybody]) }
        return nil
    }

    /// The call has its outcome.
    func finish(_ task: CallTask, _ outcome: CallOutcome) {
        var (status, message, body): (TaskStatus, String?, JSONValue?) =
            switch outcome {
            case .result(let result):
                (.completed, nil, engine.encoder(for: state.withLock { $0.context.version }).taskOutcome(result))
            case .failure(let error): (.failed, error.message, MessageEncoder.taskOutcome(error))
            case .cancelled(let reason) where reason.kind == .cancelled: (.cancelled, Self.text(reason), nil)
            case .cancelled(let reason): (.failed, Self.text(reason), MessageEncoder.taskOutcome(.ended(Self.text(reason))))
            }
        if let limit = engine.tasks.resize(task, to: body?.document.memory ?? 0) {
            let error = ProtocolError.ended("the result can't be kept: \(limit.text)")
            (status, message, body) = (.failed, error.message, MessageEncoder.taskOutcome(error))
            _ = engine.tasks.resize(task, to: 0)
        }
        guard task.finish(status, message, body) else { return }
        engine.tasks.finished(task)
        engine.hub.publish(.taskChanged(id: task.id), to: [.everybody])
    }
}
