/// What became of a reply.
package enum ReplyOutcome: Sendable, Equatable {
    case value([UInt8])
    case timedOut
    /// With its scope, with the scope that was to answer, or given up.
    case closed(Reason)
}

/// The life of a reply slot as a pure machine: the first outcome wins, and one waiter at a time learns it.
struct ReplyState: Sendable, Equatable {
    enum Event: Sendable, Equatable {
        case settle(ReplyOutcome)
        case wait
        case cancelWait(UInt64)
    }

    enum Action: Sendable, Equatable {
        /// It was settled before, or there is no such wait.
        case refused
        /// Settled; nobody waits yet, so the outcome is kept.
        case keep
        /// The outcome goes to the waiter: the slot has done its work.
        case deliver(ReplyOutcome)
        /// The wait has begun, under this name.
        case waiting(UInt64)
        /// The wait has ended without an outcome.
        case left
    }

    private(set) var outcome: ReplyOutcome?
    private var waiter: UInt64?
    private var lastWaiter: UInt64 = 0

    mutating func handle(_ event: Event) -> Action {
        switch event {
        case .settle(let new):
            guard outcome == nil else { return .refused }
            outcome = new
            return waiter.take() == nil ? .keep : .deliver(new)
        case .wait:
            if let outcome {
                lastWaiter += 1
                return .deliver(outcome)
            }
            guard waiter == nil else { return .refused }
            lastWaiter += 1
            waiter = lastWaiter
            return .waiting(lastWaiter)
        case .cancelWait(let name):
            guard waiter == name else { return .refused }
            waiter = nil
            return .left
        }
    }

    /// Name of the last wait that was let in.
    var latestWaiter: UInt64 { lastWaiter }
}
