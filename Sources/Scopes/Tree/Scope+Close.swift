extension Scope {
    /// Ends the scope and all that is in it (S1): starts the close, or joins the one that runs, and returns. Idempotent; the first
    /// reason wins, later ones are listed.
    ///
    /// - Parameters:
    ///   - limits: how long it may take; nil: as its level says (S7). On a close that runs they can only shorten it.
    ///   - done: called once when it is closed, on the host's executor, or before this returns when nothing had to be awaited.
    package func close(
        _ reason: Reason, limits: CloseLimits? = nil, done: (@Sendable (Report) -> Void)? = nil
    ) {
        enum Next {
            case closed, begin([Scope], Closer), join(Closer?), ended
        }
        var closer: Closer?
        let limitsNow = limitsNow(limits)
        let next = fields.withLock { fields -> Next in
            switch fields.state.handle(.close(reason)) {
            case .begin:
                // Nobody used it: no closer, no report (S19).
                if fields.resourceCount == 0, fields.childCount == 0 {
                    _ = fields.state.handle(.finished)
                    return .closed
                }
                let closer = Closer(root: self, reason: reason, limits: limitsNow)
                fields.closer = closer
                if let done { fields.watchers.append(done) }
                return .begin(fields.children(of: self), closer)
            case .join:
                if let done { fields.watchers.append(done) }
                return .join(fields.closer)
            case .none: return .ended
            }
        }
        switch next {
        case .closed:
            // Before the owner can close: nothing is counted any more when that has.
            closeBooks()
            if !Fault.isOn("closed-child-frees-parent-entry") { leaveOwners() }
            let watchers = fields.withLock { $0.watchers.take() }
            if done != nil || !watchers.isEmpty {
                let report = report()
                watchers.tell(report)
                done?(report)
            }
        case .begin(let children, let started):
            closer = started
            closer?.start(children: children)
        case .join(let running): running?.joined(by: reason, limits: limits)
        case .ended: done?(report())
        }
    }

    /// Its own; in a scope that closes at most what is left of that (S7).
    private func limitsNow(_ limits: CloseLimits?) -> CloseLimits {
        let own = limits ?? self.limits ?? .standard(for: level)
        guard level == .cleanup, let closer = owner?.fields.withLock({ $0.closer }) else { return own }
        let left = max(0, closer.hardDeadline - runtime.now)
        return CloseLimits(soft: min(own.soft, left / 2), hard: min(own.hard, left))
    }

    /// Of a scope that is closed. One that nobody used wrote none.
    private func report() -> Report {
        // Outside the lock: it takes those of the owners.
        let place = place
        return fields.withLock { fields in
            fields.report
                ?? Report(
                    place: place, reason: fields.state.reason ?? Reason(.completed, by: place.path), released: fields.released,
                    failed: fields.failed, abandoned: fields.abandoned, details: fields.details)
        }
    }

    /// Observes the end without causing it; called at once when it is closed already.
    package func whenClosed(_ done: @escaping @Sendable (Report) -> Void) {
        let isClosed = fields.withLock { fields in
            guard fields.state.stage != .closed else { return true }
            fields.watchers.append(done)
            return false
        }
        if isClosed { done(report()) }
    }

    /// Ends the scope and waits for it (S2). From inside the subtree it only starts the close; the wait also ends when the waiter is
    /// cancelled.
    package func closeAndWait(_ reason: Reason) async -> CloseOutcome {
        if let current = Scope.current, current.isInside(self) {
            close(reason)
            return .closing
        }
        let waiter = OneShot<CloseOutcome>()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                waiter.set(continuation)
                close(reason, done: { waiter.resume(.closed($0)) })
            }
        } onCancel: {
            waiter.resume(.closing)
        }
    }
}

/// A continuation that whoever comes first resumes; later ones are ignored.
final class OneShot<Value: Sendable>: Sendable {
    private enum State: Sendable {
        case waiting
        case ready(Value)
        case suspended(CheckedContinuation<Value, Never>)
        case done
    }

    private let state = Lock<State>(.waiting)

    func set(_ continuation: CheckedContinuation<Value, Never>) {
        let ready = state.withLock { state -> Value? in
            if case .ready(let value) = state {
                state = .done
                return value
            }
            state = .suspended(continuation)
            return nil
        }
        if let ready { continuation.resume(returning: ready) }
    }

    func resume(_ value: Value) {
        let continuation = state.withLock { state -> CheckedContinuation<Value, Never>? in
            switch state {
            case .waiting:
                state = .ready(value)
                return nil
            case .suspended(let continuation):
                state = .done
                return continuation
            case .ready, .done: return nil
            }
        }
        continuation?.resume(returning: value)
    }
}
