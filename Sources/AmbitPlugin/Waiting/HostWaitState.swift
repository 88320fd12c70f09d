/// One wait that only the host may end: what it delivers (an item, an event) must not get lost, so a cancelled waiter asks the
/// host to end the wait and takes what comes, the item or AMBIT_CANCELLED.
///
/// Pure. `started` and `cancel` race; exactly one of them says to cancel, and only while the host still waits.
struct HostWaitState: Equatable {
    enum Action: Equatable {
        case none
        /// Ask the host to end this wait.
        case cancel(waiter: UInt64)
    }

    private enum Phase: Equatable {
        case starting(cancelled: Bool)
        case waiting(UInt64)
        case cancelling
        case done
    }

    private var phase = Phase.starting(cancelled: false)

    /// The host took the wait under this name.
    mutating func started(_ waiter: UInt64) -> Action {
        switch phase {
        case .starting(cancelled: false):
            phase = .waiting(waiter)
            return .none
        case .starting(cancelled: true):
            phase = .cancelling
            return .cancel(waiter: waiter)
        case .waiting, .cancelling, .done:
            return .none
        }
    }

    mutating func cancel() -> Action {
        switch phase {
        case .starting:
            phase = .starting(cancelled: true)
            return .none
        case .waiting(let waiter):
            phase = .cancelling
            return .cancel(waiter: waiter)
        case .cancelling, .done:
            return .none
        }
    }

    /// True once: the wait ends now, resume its task.
    mutating func finish() -> Bool {
        if phase == .done { return false }
        phase = .done
        return true
    }
}
