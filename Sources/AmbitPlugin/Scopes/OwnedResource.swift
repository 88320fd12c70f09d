/// What the host holds of a resource of an own kind: lives from `commit` until its release is done.
final class OwnedResource: Sendable {
    enum Release<Value: Sendable>: Sendable {
        case sync(@Sendable (Value, Reason) throws -> Void)
        case async(@Sendable (Value, Reason) async throws -> Void)
    }

    private enum Action: Sendable {
        case sync(@Sendable (Reason) throws -> Void)
        case async(@Sendable (Reason) async throws -> Void)
    }

    private let action: Action
    private let runtime: HostRuntime
    private let table: ambit_host_kind

    init<Value: Sendable>(
        _ value: Value, _ release: Release<Value>, _ runtime: HostRuntime, _ table: ambit_host_kind
    ) {
        action =
            switch release {
            case .sync(let body): .sync { reason in try body(value, reason) }
            case .async(let body): .async { reason in try await body(value, reason) }
            }
        self.runtime = runtime
        self.table = table
    }

    /// Gives one of AMBIT_RELEASE_….
    func release(_ handle: ambit_resource, _ reason: Reason) -> Int32 {
        switch action {
        case .sync(let body):
            do {
                try body(reason)
                return Int32(AMBIT_RELEASE_DONE)
            } catch {
                return Int32(AMBIT_RELEASE_FAILED)
            }
        case .async(let body):
            // Owned by the closing scope: it awaits `released`, within the budget of a release (S7).
            let (runtime, table) = (runtime, table)
            Task(executorPreference: runtime.executor) {
                var status = Status.ok
                do {
                    try await body(reason)
                } catch {
                    status = .failed
                }
                _ = table.released(handle, status.rawValue)
            }
            return Int32(AMBIT_RELEASE_PENDING)
        }
    }
}
