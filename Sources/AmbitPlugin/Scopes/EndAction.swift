/// What a plugin does when the host says that it is time: a clean-up action, or the release of a resource of its own kind. Its owner passes it to the
/// host, retained once.
final class EndAction: Sendable {
    enum Body: Sendable {
        case sync(@Sendable (Reason) throws -> Void)
        case async(@Sendable (Reason) async throws -> Void)
    }

    private let body: Body
    private let runtime: HostRuntime
    /// Tells the host that what was pending is done.
    private let finished: @Sendable (UInt64, Status) -> Void

    init(_ body: Body, _ runtime: HostRuntime, finished: @escaping @Sendable (_ handle: UInt64, Status) -> Void) {
        self.body = body
        self.runtime = runtime
        self.finished = finished
    }

    /// Gives one of AMBIT_FINALIZER_…, which AMBIT_RELEASE_… are the same as.
    func run(_ handle: UInt64, _ reason: Reason) -> Int32 {
        switch body {
        case .sync(let body):
            do {
                try body(reason)
                return Int32(AMBIT_FINALIZER_DONE)
            } catch {
                return Int32(AMBIT_FINALIZER_FAILED)
            }
        case .async(let body):
            // Owned by the closing scope: it awaits `finished`, within the budget of the action (S7).
            Task(executorPreference: runtime.executor) { [finished] in
                var status = Status.ok
                do {
                    try await body(reason)
                } catch {
                    status = .failed
                }
                finished(handle, status)
            }
            return Int32(AMBIT_FINALIZER_PENDING)
        }
    }
}
