import JSON
import MCP
import Scopes

/// The tasks of a server by id, bounded for all and for each principal, in number and bytes; each until its time to live is over.
package final class CallTasks: Sendable {
    package struct Limits: Sendable {
        package var all = 1024
        package var perPrincipal = 128
        /// Of the results that are kept, and of what those that go on hold of their requests and ask.
        package var bytes = 64 << 20
        /// Nanoseconds from its creation.
        package var timeToLive: Int64 = 3_600_000_000_000
        /// A call of a tool that may become a task does so when it takes longer. Nanoseconds.
        package var after: Int64 = 250_000_000

        package init() {}
    }

    private struct State {
        var tasks: [String: CallTask] = [:]
        /// Bytes of each, by id.
        var sizes: [String: Int] = [:]
        var timers: [String: TimerQueue.Entry] = [:]
        var shares: KeptShares
        var isClosed = false
    }

    let limits: Limits
    private let runtime: Runtime
    private let store: TaskStore
    private let state: Lock<State>

    init(_ limits: Limits, _ runtime: Runtime, _ store: TaskStore) {
        self.limits = limits
        self.runtime = runtime
        self.store = store
        state = Lock(State(shares: KeptShares(all: limits.all, perPrincipal: limits.perPrincipal, bytes: limits.bytes)))
    }

    var count: Int { state.withLock { $0.tasks.count } }
    var bytes: Int { state.withLock { $0.shares.bytes } }

    /// Of this client; nobody learns that there are others.
    func find(_ id: String, of principal: String) -> CallTask? {
        state.withLock { $0.tasks[id] }.flatMap { $0.principal == principal ? $0 : nil }
    }

    /// Takes a place; nil: it has it, else why there is none.
    ///
    /// - Parameter bytes: of what is kept for it, beside its message.
    func insert(_ task: CallTask, bytes: Int) -> String? {
        let (id, size) = (task.id, bytes + CallTask.maximalMessage)
        let why = state.withLock { state -> String? in
            guard !state.isClosed else { return "the server is stopping" }
            if let excess = state.shares.take(size, of: task.principal) { return Self.limit(excess).text }
            state.tasks[id] = task
            state.sizes[id] = size
            return nil
        }
        if why != nil { runtime.ledger.count("tasks.refused") }
        return why
    }

    /// So many bytes are to be kept for it from now on; not nil: that is too much, and nothing has changed.
    func resize(_ task: CallTask, to bytes: Int) -> ReachedLimit? {
        let (id, size) = (task.id, bytes + CallTask.maximalMessage)
        return state.withLock { state in
            guard let old = state.sizes[id] else { return nil }
            if let excess = state.shares.grow(size - old, of: task.principal) { return Self.limit(excess) }
            state.sizes[id] = size
            return nil
        }
    }

    private static func limit(_ excess: KeptShares.Excess) -> ReachedLimit { excess.limit("tasks", setting: "max-tasks") }

    /// Keeps it beyond a restart and until its time is over, then calls `done` on any thread: with whether it could be stored.
    func keep(_ task: CallTask, _ done: @escaping @Sendable (Bool) -> Void) {
        arm(task)
        store.write(StoredTask(task), done)
    }

    /// It is final: its result is kept instead.
    func finished(_ task: CallTask) {
        state.withLock { state in
            guard state.tasks[task.id] != nil else { return }
            // Under the lock: never after its removal.
            store.write(StoredTask(task)) { _ in }
        }
    }

    func remove(_ task: CallTask) {
        let id = task.id
        let timer = state.withLock { state -> TimerQueue.Entry? in
            guard state.tasks.removeValue(forKey: id) != nil else { return nil }
            state.shares.giveBack(state.sizes.removeValue(forKey: id) ?? 0, of: task.principal)
            store.remove(id)
            return state.timers.removeValue(forKey: id)
        }
        if let timer { runtime.timers.cancel(timer) }
    }

    /// What an earlier run of this server has left: its results, and its unfinished tasks, which have failed.
    ///
    /// - Parameter server: which one it is, whatever its run.
    func adopt(as server: TaskStore.Identity) {
        // How many, by why. A line for each would be as many lines.
        var dropped: [String: Int] = [:]
        for stored in store.adopt(as: server) {
            let task = stored.task()
            guard stored.snapshot.expiresAt > Monotonic.unixNow() else {
                store.remove(task.id)
                continue
            }
            if let why = insert(task, bytes: task.snapshot.outcome?.document.memory ?? 0) {
                dropped[why, default: 0] += 1
                store.remove(task.id)
            } else {
                keep(task) { _ in }
            }
        }
        for (why, count) in dropped { store.dropped(count, why) }
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
