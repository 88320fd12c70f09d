internal import CAmbit
internal import Scopes

/// A task of a plugin: run by the host on a blocking thread (`spawn`), or by the plugin itself (`adopt`).
///
/// Its scope cancels and awaits it. `cancel` and `destroyed` run on the plugin's executor, or where the plugin's code has just
/// returned; the resource ends after `destroyed`, so that a closed scope means a freed context.
final class PluginTask: Resource, @unchecked Sendable {  // state and handle are behind `life`; the callbacks are the plugin's
    private struct Life: Sendable {
        var machine = TaskState()
        var handle: ambit_handle = 0
        /// Given up while it ran (S9), and: nothing of it is called any more.
        var isAbandoned = false
        var isOver = false
    }

    let instance: PluginInstance
    private let atEnd: Int32
    private let run: ForeignCallback<(@convention(c) (UnsafeMutableRawPointer?, ambit_task) -> Void)?>
    private let cancelCallback: ForeignCallback<(@convention(c) (UnsafeMutableRawPointer?, UnsafePointer<ambit_reason>?) -> Void)?>
    private let destroyed: ForeignCallback<ContextFunction?>
    private let life = Lock(Life())

    private init(_ options: ambit_task_options, label: String, instance: PluginInstance) {
        self.instance = instance
        atEnd = options.at_end
        run = ForeignCallback(options.context, options.run)
        cancelCallback = ForeignCallback(options.context, options.cancel)
        destroyed = ForeignCallback(options.context, options.destroyed)
        super.init(.task, label: label)
    }

    /// Links a task into a scope and names it. On failure nothing of the options is called.
    private static func link(
        _ options: UnsafePointer<ambit_task_options>?, in entry: ScopeEntry, needsRun: Bool
    ) throws(Refusal) -> (PluginTask, ambit_handle) {
        let options = try Structs.read(options, "options")
        if needsRun, options.run == nil { throw .invalid("options.run is NULL: spawn needs the work; adopt takes none") }
        if !needsRun, options.run != nil {
            throw .invalid("options.run is set: adopt is for work that the plugin runs itself; use spawn")
        }
        let instance = entry.instance
        let task = PluginTask(options, label: try options.label.string("options.label"), instance: instance)
        let handle = try HandleTable.shared.insert(.task, task, owner: instance.number)
        task.life.withLock { $0.handle = handle }
        instance.gate.enter()
        do throws(Refusal) {
            // With the fault what the host runs for a call belongs to the plugin.
            let owner = needsRun && Fault.isOn("stateless-work-dies-with-its-request") ? instance.scope : entry.scope
            try owner.addForPlugin(task)
        } catch {
            HandleTable.shared.remove(handle)
            instance.gate.leave()
            throw error
        }
        return (task, handle)
    }

    static func adopt(_ options: UnsafePointer<ambit_task_options>?, in entry: ScopeEntry) throws(Refusal) -> ambit_handle {
        let (task, handle) = try link(options, in: entry, needsRun: false)
        task.apply(.started)
        return handle
    }

    static func spawn(_ options: UnsafePointer<ambit_task_options>?, in entry: ScopeEntry) throws(Refusal) -> ambit_handle {
        let (task, handle) = try link(options, in: entry, needsRun: true)
        let instance = entry.instance
        guard instance.blocking.submit({ task.runHere(handle) }) else {
            _ = task.life.withLock { $0.machine.handle(.refused) }
            HandleTable.shared.remove(handle)
            task.ended()
            instance.gate.leave()
            throw Refusal(
                .full,
                "the blocking threads of '\(instance.name)' are busy and 64 jobs wait for them (S22): try again later, or bound what is started at once",
                quota: "blocking")
        }
        task.apply(.started)
        return handle
    }

    static func find(_ handle: ambit_handle) throws(Refusal) -> PluginTask {
        guard let task = HandleTable.shared.object(handle, .task, as: PluginTask.self) else { throw .stale("task") }
        return task
    }

    private var isSpawned: Bool { run.function != nil }

    private func runHere(_ handle: ambit_handle) {
        Bracket.blockingThread.check(instance, "run")
        run.function?(run.context, handle)
        // The plugin's code has returned: `destroyed` may be called here.
        if life.withLock({ $0.machine.handle(.finished) }).contains(.end) { end() }
    }

    /// The adopted work has ended.
    func finished() throws(Refusal) {
        guard !isSpawned else { throw .invalid("this task was spawned: it is finished when `run` returns") }
        let actions = life.withLock { $0.machine.handle(.finished) }
        if actions.contains(.late) { throw Refusal(.alreadyFinished, "the task has finished before") }
        HandleTable.shared.remove(life.withLock { $0.handle })
        guard actions.contains(.end) else { return }
        if destroyed.function == nil { end() } else { PluginJob.afterwards(instance) { [self] in end() } }
    }

    private func end() {
        let handle = life.withLock { $0.handle }
        HandleTable.shared.remove(handle)
        destroyed.function?(destroyed.context)
        instance.releaseWaits.ended(handle)
        let wasAbandoned = life.withLock { life in
            life.isOver = true
            return life.isAbandoned
        }
        if wasAbandoned { instance.abandonedWorkEnded() }
        ended()
        instance.gate.leave()
    }

    private func apply(_ event: TaskState.Event, _ reason: Reason? = nil) {
        let actions = life.withLock { $0.machine.handle(event) }
        guard actions.contains(.postCancel) else { return }
        let reason = reason ?? scope.flatMap { $0.closeReason } ?? Reason(.cancelled, by: instance.name)
        guard cancelCallback.function != nil else { return }
        instance.post { [self] in
            guard life.withLock({ $0.machine.handle(.cancelBegins) }).contains(.callCancel) else { return }
            reason.withForeign { cancelCallback.function?(cancelCallback.context, $0) }
            if life.withLock({ $0.machine.handle(.cancelReturned) }).contains(.end) { end() }
        }
    }

    /// `ambit_host_task.cancel`: asks this one task to end.
    func cancelByPlugin() { apply(.cancel, Reason(.cancelled, by: instance.name)) }

    override func drain(_ reason: Reason) -> Bool { atEnd == AMBIT_AT_END_FINISH }

    override func cancel(_ reason: Reason) { apply(.cancel, reason) }

    override func abandoned(_ reason: Reason) {
        let runs = life.withLock { life in
            guard !life.isOver else { return false }
            life.isAbandoned = true
            // Counted before it can end.
            instance.workAbandoned()
            return true
        }
        if runs, isSpawned { instance.threadAbandoned(blocking: true) }
    }

    override var describe: String { isSpawned ? "on a blocking thread" : "run by the plugin" }
}

extension Scope {
    /// Why it closes; nil while it is open.
    var closeReason: Reason? {
        switch state {
        case .open: nil
        case .closing(let reason), .closed(let reason): reason
        }
    }
}
