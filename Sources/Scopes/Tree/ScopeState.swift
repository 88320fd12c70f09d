/// The life of a scope as a pure machine (S2): open, closing with the first reason, closed.
struct ScopeState: Sendable, Equatable {
    enum Stage: UInt8, Sendable, Equatable { case open, closing, closed }

    enum Event: Sendable, Equatable {
        case close(Reason)
        /// Every phase is done.
        case finished
    }

    enum Action: Sendable, Equatable {
        /// This close is the first: begin to close.
        case begin
        /// It closes already, for another reason: join.
        case join
        /// Nothing is left to do.
        case none
    }

    private(set) var stage = Stage.open
    private(set) var reason: Reason?

    mutating func handle(_ event: Event) -> Action {
        switch (stage, event) {
        case (.open, .close(let reason)):
            stage = .closing
            self.reason = reason
            return .begin
        case (.closing, .close): return .join
        case (.closing, .finished):
            stage = .closed
            return .none
        case (.closed, _), (.open, .finished): return .none
        }
    }
}

/// The phases of a close (S6), in their order.
enum ClosePhase: UInt8, Sendable, Comparable, CaseIterable {
    case quiesce, drain, cancel, reap, free, closed

    static func < (a: ClosePhase, b: ClosePhase) -> Bool { a.rawValue < b.rawValue }

    /// Draining is for normal ends only.
    func next(polite: Bool) -> ClosePhase {
        switch self {
        case .quiesce: polite ? .drain : .cancel
        case .drain: .cancel
        case .cancel: .reap
        case .reap: .free
        case .free, .closed: .closed
        }
    }
}
