/// The life of a listener as a pure machine: one accept at a time, a pause where no connection can be taken.
struct ListenerState: Sendable, Equatable {
    enum Event: Sendable, Equatable {
        case accept
        case cancelAccept(UInt64)
        /// Somebody may have connected, or a pause is over.
        case ready
        /// Accepting gave a connection, none, or can't now (no descriptors left).
        case accepted, wouldBlock, exhausted
        case close
    }

    enum Action: Sendable, Equatable {
        case none
        /// The wait has begun, under this name: ask for readiness.
        case arm(UInt64)
        /// There is an accept already.
        case busy
        /// Try to take a connection; `accepted`, `wouldBlock` or `exhausted` follows.
        case take
        /// Ask for readiness again.
        case rearm
        /// The connection goes to the waiter.
        case deliver
        /// The waiter learns that it is closed.
        case deliverClosed
        /// The connection came too late: it is closed, and the waiter learns that.
        case dropAndDeliverClosed
        /// `ready` follows after so many nanoseconds.
        case pause(Int64)
        case left
        /// The first close: give everything back; `tellWaiter`: somebody waits.
        case giveBack(tellWaiter: Bool)
    }

    private enum Stage: Sendable, Equatable {
        case idle
        case waiting(UInt64)
        /// Between `take` and what came of it.
        case taking(UInt64)
        case pausing(UInt64)
    }

    static let firstPause: Int64 = 20_000_000
    static let longestPause: Int64 = 1_000_000_000

    private var stage = Stage.idle
    private(set) var isClosed = false
    private var lastWaiter: UInt64 = 0
    private var pause = ListenerState.firstPause

    mutating func handle(_ event: Event) -> Action {
        switch event {
        case .accept:
            if isClosed { return .deliverClosed }
            guard stage == .idle else { return .busy }
            lastWaiter += 1
            stage = .waiting(lastWaiter)
            return .arm(lastWaiter)
        case .cancelAccept(let waiter):
            guard stage == .waiting(waiter) || stage == .pausing(waiter) else { return .none }
            stage = .idle
            return .left
        case .ready:
            switch stage {
            case .waiting(let waiter), .pausing(let waiter):
                stage = .taking(waiter)
                return .take
            case .idle, .taking: return .none
            }
        case .accepted:
            guard case .taking = stage else { return .none }
            stage = .idle
            pause = Self.firstPause
            return isClosed ? .dropAndDeliverClosed : .deliver
        case .wouldBlock, .exhausted:
            guard case .taking(let waiter) = stage else { return .none }
            if isClosed {
                stage = .idle
                return .deliverClosed
            }
            if event == .wouldBlock {
                stage = .waiting(waiter)
                return .rearm
            }
            stage = .pausing(waiter)
            defer { pause = min(pause * 2, Self.longestPause) }
            return .pause(pause)
        case .close:
            if isClosed { return .none }
            isClosed = true
            switch stage {
            case .waiting, .pausing:
                stage = .idle
                return .giveBack(tellWaiter: true)
            case .idle, .taking: return .giveBack(tellWaiter: false)
            }
        }
    }
}
