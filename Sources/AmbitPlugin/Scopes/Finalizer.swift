/// A clean-up action that a scope will run.
public struct Finalizer: Promotable {
    /// Its identity (S18).
    public let handle: UInt64
    let runtime: HostRuntime

    /// Takes it back: it never runs. Without effect once it has begun.
    public func remove() { _ = runtime.tables.scope.remove(handle) }
}

/// The context of a finalizer: lives from `on_close` to `destroyed`.
final class FinalizerWork: Sendable {
    enum Action: Sendable {
        case sync(@Sendable (Reason) throws -> Void)
        case async(@Sendable (Reason) async throws -> Void)
    }

    private let action: Action
    private let runtime: HostRuntime

    init(_ action: Action, _ runtime: HostRuntime) {
        self.action = action
        self.runtime = runtime
    }

    /// Gives one of AMBIT_FINALIZER_….
    func run(_ finalizer: ambit_finalizer, _ reason: Reason) -> Int32 {
        switch action {
        case .sync(let body):
            do {
                try body(reason)
                return Int32(AMBIT_FINALIZER_DONE)
            } catch {
                return Int32(AMBIT_FINALIZER_FAILED)
            }
        case .async(let body):
            // Owned by the closing scope: it awaits `finished`, within the finalizer's budget (S7).
            let runtime = runtime
            Task(executorPreference: runtime.executor) {
                var status = Status.ok
                do {
                    try await body(reason)
                } catch {
                    status = .failed
                }
                _ = runtime.tables.scope.finished(finalizer, status.rawValue)
            }
            return Int32(AMBIT_FINALIZER_PENDING)
        }
    }
}
