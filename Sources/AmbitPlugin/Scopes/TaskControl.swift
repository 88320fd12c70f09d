/// The context of an adopted task: lives from `adopt` to `destroyed`.
final class TaskControl: Sendable {
    private let state = Lock(TaskControlState<Task<Void, Never>>())

    // Cancelling runs the task's cancellation handlers, so it happens outside the lock.
    func started(_ task: Task<Void, Never>) { state.withLock { $0.started(task) }?.cancel() }
    func cancel() { state.withLock { $0.cancel() }?.cancel() }
    func ended() { state.withLock { $0.ended() } }
}
