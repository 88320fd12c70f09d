/// A task that a scope owns. Dropping the handle does nothing: the scope ends the task.
public struct TaskHandle<Value: Sendable>: Promotable {
    /// Its identity (S18).
    public let handle: UInt64
    let runtime: HostRuntime
    let completion: Completion<Value>

    /// Asks the task to end; it stays owned by its scope until it does.
    public func cancel() { _ = runtime.tables.task.cancel(handle) }

    public var isFinished: Bool { completion.result != nil }

    /// What the task gave or threw, once it has ended. The wait is cancellable and does not cancel the task.
    public var value: Value {
        get async throws { try await completion.value() }
    }
}
