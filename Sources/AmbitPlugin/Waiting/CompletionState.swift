/// One value that comes once, and those who wait for it.
///
/// Pure: it holds waiters and says whom to resume; its owner resumes them outside the lock. Every waiter that `register`
/// accepted is handed out exactly once, by `resolve` or by `cancel`.
struct CompletionState<Value, Waiter> {
    enum Registration {
        case waiting
        case ready(Value)
        case cancelled
    }

    private enum Phase {
        case pending([(id: UInt64, waiter: Waiter)])
        case done(Value)
    }

    private var phase = Phase.pending([])
    private var lastID: UInt64 = 0

    var value: Value? {
        if case .done(let value) = phase { value } else { nil }
    }

    /// A name for one wait, so that its cancellation finds it.
    mutating func nextID() -> UInt64 {
        lastID += 1
        return lastID
    }

    /// `cancelled` is the waiting task's flag, read under the owner's lock: a cancellation that came before finds nobody in
    /// `cancel`, but its flag was set before it took the lock.
    mutating func register(_ id: UInt64, _ waiter: Waiter, cancelled: Bool) -> Registration {
        switch phase {
        case .done(let value):
            return .ready(value)
        case .pending where cancelled:
            return .cancelled
        case .pending(var waiters):
            phase = .pending([])
            waiters.append((id, waiter))
            phase = .pending(waiters)
            return .waiting
        }
    }

    /// Whom to resume; nil when there was a value already (the first wins).
    mutating func resolve(_ value: Value) -> [Waiter]? {
        guard case .pending(let waiters) = phase else { return nil }
        phase = .done(value)
        return waiters.map(\.waiter)
    }

    /// The waiter to resume as cancelled; nil when it has been resumed or has not registered yet.
    mutating func cancel(_ id: UInt64) -> Waiter? {
        guard case .pending(var waiters) = phase, let index = waiters.firstIndex(where: { $0.id == id }) else { return nil }
        phase = .pending([])
        let waiter = waiters.remove(at: index).waiter
        phase = .pending(waiters)
        return waiter
    }
}
