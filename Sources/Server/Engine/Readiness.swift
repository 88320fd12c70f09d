import Scopes

/// Whether the plugins are loaded. Requests that need them wait, each with a deadline; `initialize` and `server/discover` never do
/// (DIGEST 8.13).
final class Readiness: Sendable {
    enum Outcome: Sendable {
        case ready
        case late
        case stopping
    }

    private struct State {
        var settled: Outcome?
        var waiters: [UInt64: @Sendable (Outcome) -> Void] = [:]
        var next: UInt64 = 0
    }

    private let state = Lock(State())
    private let runtime: Runtime

    init(_ runtime: Runtime) { self.runtime = runtime }

    /// Nil while plugins are being loaded.
    var settled: Outcome? { state.withLock { $0.settled } }

    /// Calls `done` exactly once: inline when it is known, else on the host executor.
    func wait(atMost nanoseconds: Int64, _ done: @escaping @Sendable (Outcome) -> Void) {
        let ticket = state.withLock { state -> UInt64? in
            if state.settled != nil { return nil }
            state.next += 1
            state.waiters[state.next] = done
            return state.next
        }
        guard let ticket else { return done(settled ?? .stopping) }
        _ = runtime.timers.schedule(after: nanoseconds, on: runtime.executor) {
            let late = self.state.withLock { $0.waiters.removeValue(forKey: ticket) }
            late?(.late)
        }
    }

    /// The plugins are loaded, or the server stops before they are.
    func settle(_ outcome: Outcome) {
        let waiters = state.withLock { state in
            if state.settled == nil || outcome == .stopping { state.settled = outcome }
            defer { state.waiters = [:] }
            return state.waiters
        }
        guard !waiters.isEmpty else { return }
        runtime.executor.post { for waiter in waiters.values { waiter(outcome) } }
    }
}
