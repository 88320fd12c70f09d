/// A task that waits for one answer of the host, which may be an item that it then owns.
///
/// Its owner passes it to the host as the context, retained once; `done` takes that reference over.
final class HostWait<Answer: Sendable>: Sendable {
    private struct Guarded {
        var state = HostWaitState()
        var waiter: CheckedContinuation<Answer, Never>?
    }

    private let guarded = Lock(Guarded())

    /// Waits. `start` asks the host and gives the name of the wait, or the answer where the host refuses to wait; `end` asks it to end
    /// the wait early.
    func answer(
        start: (HostWait<Answer>) -> Start, end: @escaping @Sendable (UInt64) -> Void
    ) async -> Answer {
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                guarded.withLock { $0.waiter = waiter }
                switch start(self) {
                case .waiting(let id):
                    perform(guarded.withLock { $0.state.started(id) }, end)
                case .refused(let answer):
                    resolve(answer)
                }
            }
        } onCancel: {
            perform(guarded.withLock { $0.state.cancel() }, end)
        }
    }

    enum Start {
        case waiting(UInt64)
        case refused(Answer)
    }

    func resolve(_ answer: Answer) {
        let waiter = guarded.withLock { guarded -> CheckedContinuation<Answer, Never>? in
            guard guarded.state.finish() else { return nil }
            defer { guarded.waiter = nil }
            return guarded.waiter
        }
        waiter?.resume(returning: answer)
    }

    private func perform(_ action: HostWaitState.Action, _ end: (UInt64) -> Void) {
        if case .cancel(let waiter) = action { end(waiter) }
    }
}
