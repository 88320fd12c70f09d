import Scopes

/// A problem that may come again and again, such as a full disk, for a log that must not make it worse: the first one is written, then at most
/// one line in each interval, with how many there were.
final class RepeatedProblem: Sendable {
    private struct State {
        /// Of the interval that has begun with the last line.
        var timer: TimerQueue.Entry?
        var count = 0
        var last = ""
        var isClosed = false
    }

    static let interval: Int64 = 30_000_000_000

    private let runtime: Runtime
    private let write: @Sendable (_ problem: String, _ count: Int) -> Void
    private let state = Lock(State())

    /// - Parameter write: gets the last one, and how many there were since the line before.
    init(_ runtime: Runtime, write: @escaping @Sendable (_ problem: String, _ count: Int) -> Void) {
        self.runtime = runtime
        self.write = write
    }

    func add(_ problem: String) {
        say { state in
            state.count += 1
            state.last = problem
            return state.timer == nil
        }
    }

    /// What there is is said now, and whatever comes at once.
    func close() {
        let timer = state.withLock { state in
            state.isClosed = true
            return state.timer.take()
        }
        if let timer { runtime.timers.cancel(timer) }
        say { _ in true }
    }

    /// - Parameter isDue: under the lock.
    private func say(_ isDue: (inout State) -> Bool) {
        let line = state.withLock { state -> (String, Int)? in
            guard isDue(&state), state.count > 0 else { return nil }
            defer { state.count = 0 }
            if !state.isClosed {
                state.timer = runtime.timers.schedule(after: Self.interval, on: runtime.executor) { [weak self] in
                    self?.say { state in
                        state.timer = nil
                        return true
                    }
                }
            }
            return (state.last, state.count)
        }
        if let (problem, count) = line { write(problem, count) }
    }
}
