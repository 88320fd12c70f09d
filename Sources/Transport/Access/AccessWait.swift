import Scopes

/// A decision that is not there yet. The first verdict counts; whoever waits is told once.
final class AccessWait: Sendable {
    private struct State {
        var verdict: AccessVerdict?
        var handler: (@Sendable (AccessVerdict) -> Void)?
    }

    private let state = Lock(State())

    func decide(_ verdict: AccessVerdict) {
        let handler = state.withLock { state -> (@Sendable (AccessVerdict) -> Void)? in
            guard state.verdict == nil else { return nil }
            state.verdict = verdict
            defer { state.handler = nil }
            return state.handler
        }
        handler?(verdict)
    }

    /// - Parameter handler: runs at once, or on the thread that decides.
    func whenDecided(_ handler: @escaping @Sendable (AccessVerdict) -> Void) {
        let verdict = state.withLock { state -> AccessVerdict? in
            if state.verdict == nil { state.handler = handler }
            return state.verdict
        }
        if let verdict { handler(verdict) }
    }
}
