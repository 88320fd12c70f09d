/// What a normal end of the scope does to a task that still runs (S10).
package enum AtEnd: Int32, Sendable {
    case cancel = 0
    /// Awaited until the drain deadline, then cancelled.
    case finish = 1
}

/// The kind task: work that the scope cancels and awaits. It runs elsewhere; `finished` ends it.
public final class TaskEntry: Resource, @unchecked Sendable {  // state is behind its lock
    private struct State {
        var cancel: (@Sendable (Reason) -> Void)?
        var ended: (@Sendable () -> Void)?
        /// It was cancelled before it could be told.
        var pendingReason: Reason?
        var isFinished = false
    }

    private let atEnd: AtEnd
    private let state: Lock<State>

    init(
        label: String, atEnd: AtEnd, cancel: (@Sendable (Reason) -> Void)?, ended: (@Sendable () -> Void)?
    ) {
        self.atEnd = atEnd
        state = Lock(State(cancel: cancel, ended: ended))
        super.init(.task, label: label)
    }

    public override func drain(_ reason: Reason) -> Bool { atEnd == .finish }

    public override func cancel(_ reason: Reason) {
        let cancel = state.withLock { state -> (@Sendable (Reason) -> Void)? in
            guard !state.isFinished else { return nil }
            if state.cancel == nil { state.pendingReason = reason }
            return state.cancel.take()
        }
        cancel?(reason)
    }

    public override func undo(_ reason: Reason) { cancel(reason) }

    /// Gives it the way to be cancelled, when that is known only after it has begun.
    func setCancel(_ cancel: @escaping @Sendable (Reason) -> Void) {
        let reason = state.withLock { state -> Reason? in
            if let reason = state.pendingReason.take() { return reason }
            if !state.isFinished { state.cancel = cancel }
            return nil
        }
        if let reason { cancel(reason) }
    }

    /// The work has ended. Idempotent; `cancel` is not called after this, unless it runs already.
    package func finished() {
        let ended = state.withLock { state -> (@Sendable () -> Void)? in
            guard !state.isFinished else { return nil }
            state.isFinished = true
            state.cancel = nil
            return state.ended.take()
        }
        self.ended()
        ended?()
    }
}

extension Scope {
    /// Makes the scope own work that runs elsewhere until `TaskEntry.finished`.
    ///
    /// - Parameters:
    ///   - cancel: asks the work to end; at most once, must not block.
    ///   - ended: called once after it has finished.
    package func adopt(
        _ label: String, atEnd: AtEnd = .cancel, cancel: @escaping @Sendable (Reason) -> Void,
        ended: (@Sendable () -> Void)? = nil, file: StaticString = #fileID, line: UInt = #line
    ) throws(AcquireError) -> TaskEntry {
        let entry = TaskEntry(label: label, atEnd: atEnd, cancel: cancel, ended: ended)
        try add(entry, file: file, line: line)
        return entry
    }

    /// Runs a Swift task on `executor` (the host's by default); it is cancelled with the scope and awaited.
    package func spawn(
        _ label: String, atEnd: AtEnd = .cancel, on executor: ThreadExecutor? = nil, file: StaticString = #fileID, line: UInt = #line,
        _ body: @escaping @Sendable () async -> Void
    ) throws(AcquireError) -> TaskEntry {
        let entry = TaskEntry(label: label, atEnd: atEnd, cancel: nil, ended: nil)
        try add(entry, file: file, line: line)
        let task = Task(executorPreference: executor ?? runtime.executor) {
            await Scope.$current.withValue(self) { await body() }
            entry.finished()
        }
        entry.setCancel { _ in task.cancel() }
        return entry
    }
}
