package enum FinalizerPhase: Sendable {
    /// Polite goodbyes: only when the reason is a normal end.
    case drain
    /// Always, last, in reverse order.
    case free
}

/// The kind finalizer: a clean-up action, run at most once (S8).
public final class Finalizer: Resource, @unchecked Sendable {  // state is behind its lock
    private struct State {
        var body: (@Sendable (Reason, Finalizer) -> Void)?
        var destroyed: (@Sendable () -> Void)?
    }

    private let when: FinalizerPhase
    private let state: Lock<State>

    init(
        label: String, when: FinalizerPhase, destroyed: (@Sendable () -> Void)?,
        body: @escaping @Sendable (Reason, Finalizer) -> Void
    ) {
        self.when = when
        state = Lock(State(body: body, destroyed: destroyed))
        super.init(.finalizer, label: label)
    }

    public override var phase: Kind.Phase { when == .drain ? .reap : .free }

    public override func drain(_ reason: Reason) -> Bool {
        guard when == .drain else { return false }
        run(reason)
        return true
    }

    public override func cancel(_ reason: Reason) {
        // Not drained: its time never came. While its body runs, `finished` ends it.
        let destroyed = state.withLock { state -> (Bool, (@Sendable () -> Void)?) in
            guard state.body.take() != nil else { return (false, nil) }
            return (true, state.destroyed.take())
        }
        guard destroyed.0 else { return }
        ended()
        destroyed.1?()
    }

    public override func free(_ reason: Reason) { run(reason) }

    private func run(_ reason: Reason) {
        state.withLock { $0.body.take() }?(reason, self)
    }

    /// Its action is done. Idempotent.
    ///
    /// - Parameter failure: what went wrong; counted and reported.
    package func finished(failure: String? = nil) {
        let destroyed = state.withLock { state in
            state.body = nil
            return state.destroyed.take()
        }
        ended(failure: failure)
        destroyed?()
    }

    /// Takes it back: it never runs. False when it has begun already.
    @discardableResult
    package func remove() -> Bool {
        guard state.withLock({ $0.body.take() != nil }) else { return false }
        finished()
        return true
    }
}

extension Scope {
    /// Registers a clean-up action of the host, which must not block.
    @discardableResult
    package func onClose(
        _ phase: FinalizerPhase, _ label: String, file: StaticString = #fileID, line: UInt = #line,
        _ body: @escaping @Sendable (Reason) -> Void
    ) throws(AcquireError) -> Finalizer {
        try onClose(phase, label, file: file, line: line) { reason, finalizer in
            body(reason)
            finalizer.finished()
        }
    }

    /// Registers a clean-up action that goes on after `body` returns, until `Finalizer.finished`.
    ///
    /// - Parameter destroyed: called once, after the last invocation, whether it ran or not (S16).
    @discardableResult
    package func onClose(
        _ phase: FinalizerPhase, _ label: String, destroyed: (@Sendable () -> Void)? = nil,
        file: StaticString = #fileID, line: UInt = #line, pending body: @escaping @Sendable (Reason, Finalizer) -> Void
    ) throws(AcquireError) -> Finalizer {
        let finalizer = Finalizer(label: label, when: phase, destroyed: destroyed, body: body)
        try add(finalizer, file: file, line: line)
        return finalizer
    }
}
