import MCP
import Scopes

/// The tasks of a server by id, bounded for all, for each principal and in the bytes of their results; each until its time to live is over.
package final class CallTasks: Sendable {
    package struct Limits: Sendable {
        package var all = 1024
        package var perPrincipal = 128
        /// Of the results that are kept.
        package var bytes = 64 << 20
        /// Nanoseconds from its creation.
        package var timeToLive: Int64 = 3_600_000_000_000
        /// A call of a tool that may become a task does so when it takes longer. Nanoseconds.
        package var after: Int64 = 250_000_000

        package init() {}
    }

    fileprivate struct State {
        var tasks: [String: CallTask] = [:]
        /// Of the results, by id.
        var sizes: [String: Int] = [:]
        var timers: [String: TimerQueue.Entry] = [:]
        var byPrincipal: [String: Int] = [:]
        var bytes = 0
        var isClosed = false
    }

    let limits: Limits
    private let runtime: Runtime
    private let store: TaskStore
    private let state = Lock(State())

    init(_ limits: Limits, _ runtime: Runtime, _ store: TaskStore) {
        self.limits = limits
        self.runtime = runtime
        self.store = store
    }

    var count: Int { state.withLock { $0.tasks.count } }

    /// Of this client; nobody learns that there are others.
    func find(_ id: String, of principal: String) -> CallTask? {
        state.withLock { $0.tasks[id] }.flatMap { $0.principal == principal ? $0 : nil }
    }

    /// Takes a place; nil: it has it, else why there is none.
    func insert(_ task: CallTask) -> String? {
        let (id, principal) = (task.id, task.principal)
        let why = state.withLock { state -> String? in
            guard !state.isClosed else { return "the server is stopping" }
            guard state.tasks.count < limits.all else { return "\(limits.all) tasks are kept, which is the limit" }
            guard principal.isEmpty || state.byPrincipal[principal, default: 0] < limits.perPrincipal else {
                return "\(limits.perPrincipal) tasks of one client are kept, which is the limit"
            }
            guard state.bytes < limits.bytes else { return "the results of tasks take \(state.bytes) bytes, which is beyond the limit" }
            state.tasks[id] = task
            state.byPrincipal[principal, default: 0] += 1
            state.count(task)
            return nil
        }
        if why != nil { runtime.ledger.count("tasks.refused") }
        return why
    }

    /// Keeps it beyond a restart and until its time is over, then calls `done` on any thread: with whether it could be stored.
    func keep(_ task: CallTask, _ done: @escaping @Sendable (Bool) -> Void) {
        arm(task)
        store.write(StoredTask(task), done)
    }

    /// It is final: its result is kept instead.
    func finished(_ task: CallTask) {
        state.withLock { state in
            guard state.tasks[task.id] != nil else { return }
            state.count(task)
            // Under the lock: never after its removal.
            store.write(StoredTask(task)) { _ in }
        }
    }

    func remove(_ task: CallTask) {
        let id = task.id
        let timer = state.withLock { state -> TimerQueue.Entry? in
            guard state.tasks.removeValue(forKey: id) != nil else { return nil }
            let left = state.byPrincipal[task.principal, default: 1] - 1
            state.byPrincipal[task.principal] = left > 0 ? left : nil
            state.bytes -= state.sizes.removeValue(forKey: id) ?? 0
            store.remove(id)
            return state.timers.removeValue(forKey: id)
        }
        if let timer { runtime.timers.cancel(timer) }
    }

    /// What an earlier run of this server has left: its results, and its unfinished tasks, which have failed.
    ///
    /// - Parameter server: which one it is, whatever its run.
    func adopt(as server: String) {
        for stored in store.adopt(as: server) {
            let task = stored.task()
            if stored.expiresAt > Monotonic.unixNow(), insert(task) == nil { keep(task) { _ in } } else { store.remove(task.id) }
        }
    }

    /// The server stops. What its calls come to is still stored.
    func close() {
        let timers = state.withLock { state in
            defer { state.timers = [:] }
            state.isClosed = true
            return Array(state.timers.values)
        }
        for timer in timers { runtime.timers.cancel(timer) }
        store.close()
    }

    private func arm(_ task: CallTask) {
        let timer = runtime.timers.schedule(after: task.expiresAt - Monotonic.unixNow(), on: runtime.executor) { [weak self, weak task] in
            guard let self, let task else { return }
            let call = task.call
            remove(task)
            call?.end(Reason(.deadline, by: "tasks", text: "the time to live of its task is over"))
        }
        let isKept = state.withLock { state in
            guard !state.isClosed, state.tasks[task.id] != nil else { return false }
            state.timers[task.id] = timer
            return true
        }
        if !isKept { runtime.timers.cancel(timer) }
    }
}

extension CallTasks.State {
    fileprivate mutating func count(_ task: CallTask) {
        let size = task.outcomeBytes
        bytes += size - (sizes.updateValue(size, forKey: task.id) ?? 0)
    }
}
