/// A value that a host callback (or a task) delivers once, and that tasks wait for cancellably.
///
/// A cancelled wait ends at once with `CancellationError`; the callback may come later and finds nobody. Further values are ignored.
package final class Completion<Value: Sendable>: Sendable {
    private typealias Outcome = Result<Value, any Error>
    private let state = Lock(CompletionState<Outcome, CheckedContinuation<Value, any Error>>())

    package init() {}

    package var result: Result<Value, any Error>? { state.withLock { $0.value } }

    package func resolve(_ result: Result<Value, any Error>) {
        for waiter in state.withLock({ $0.resolve(result) }) ?? [] { waiter.resume(with: result) }
    }

    package func value() async throws -> Value {
        let id = state.withLock { $0.nextID() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { waiter in
                switch state.withLock({ $0.register(id, waiter, cancelled: Task.isCancelled) }) {
                case .waiting: break
                case .ready(let result): waiter.resume(with: result)
                case .cancelled: waiter.resume(throwing: CancellationError())
                }
            }
        } onCancel: {
            state.withLock { $0.cancel(id) }?.resume(throwing: CancellationError())
        }
    }
}
