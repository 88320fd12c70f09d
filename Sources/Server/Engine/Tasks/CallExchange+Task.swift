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

    /// The request that began the call is answered with the task, and the call goes on. False: it can't become one, and nothing has changed.
    @discardableResult
    func becomeTask() -> Bool {
        let now = Monotonic.unixNow()
        let tasks = engine.tasks
        let snapshot = TaskSnapshot(
            id: UnguessableName.make(), createdAt: now, updatedAt: now, timeToLive: tasks.limits.timeToLive)
        let task = CallTask(snapshot, principal: subject.principal, tool: subject.handler.name, call: self)
        guard tasks.insert(task) == nil else { return false }
        let leaving = state.withLock { state -> (Wire, [InputRequest], TimerQueue.Entry?)? in
            guard !state.isFinished, !state.isSilent, state.task == nil, let wire = state.wire.take() else { return nil }
            state.task = task
            state.asking.responses = nil
            return (wire, state.asking.open.map(\.request), state.taskTimer.take())
        }
        guard let (wire, questions, timer) = leaving else {
            tasks.remove(task)
            return state.withLock { $0.task != nil }
        }
        if let timer { engine.runtime.timers.cancel(timer) }
        if let key = wire.key { engine.inFlight.remove(key) }
        _ = task.ask(questions)
        engine.runtime.ledger.count("tasks.created")
        // On disk before its client knows of it.
        tasks.keep(task) { [self] isStored in
            if isStored { return wire.sink.finish(wire.encoder.taskCreated(id: wire.id, task.snapshot), status: 200) }
            refuse(wire, .internalError("the task can't be stored; see the server's log"))
            tasks.remove(task)
            end(Reason(.failed, by: "tasks", text: "its task can't be stored"))
        }
        return true
    }

    /// `tasks/update`: answers that were asked for; others change nothing.
    func answer(_ responses: InputResponses, _ task: CallTask) {
        let answered = state.withLock { state -> [(OpenQuestion, JSONValue)] in
            guard !state.isFinished else { return [] }
            state.asking.responses = responses
            defer { state.asking.responses = nil }
            var answered: [(OpenQuestion, JSONValue)] = []
            var open: [OpenQuestion] = []
            for question in state.asking.open {
                if let value = state.asking.take(question.request) { answered.append((question, value)) } else { open.append(question) }
            }
            state.asking.open = open
            return answered
        }
        questionsChanged(task)
        for (question, value) in answered { question.round.answer(question.index, .result(value)) }
    }

    func taskAsks() {
        if let task = state.withLock({ $0.task }) { questionsChanged(task) }
    }

    /// What its client is asked has changed.
    func questionsChanged(_ task: CallTask) {
        guard task.ask(state.withLock { $0.asking.open.map(\.request) }) else { return }
        engine.hub.publish(.taskChanged(id: task.id), to: [.everybody])
    }

    /// The call has its outcome.
    func finish(_ task: CallTask, _ outcome: CallOutcome) {
        let isFirst =
            switch outcome {
            case .result(let result):
                task.finish(.completed, nil, engine.encoder(for: state.withLock { $0.context.version }).taskOutcome(result))
            case .failure(let error): task.finish(.failed, error.message, MessageEncoder.taskOutcome(error))
            case .cancelled(let reason) where reason.kind == .cancelled: task.finish(.cancelled, Self.text(reason), nil)
            case .cancelled(let reason):
                task.finish(.failed, Self.text(reason), MessageEncoder.taskOutcome(.internalError(Self.text(reason))))
            }
        guard isFirst else { return }
        engine.tasks.finished(task)
        engine.hub.publish(.taskChanged(id: task.id), to: [.everybody])
    }
}
