/// The life of an adopted descriptor as a pure machine: its number is given back exactly once, and never while somebody uses it.
struct DescriptorState: Sendable, Equatable {
    enum Event: Sendable, Equatable {
        case borrow, giveBack
        /// Its scope ends, or its owner has done with it.
        case close
        /// Work that could not be stopped may still use it (S9).
        case park
        /// That work has ended.
        case unpark
        /// Its borrower did not give it back in time (S9): harmless until that happens.
        case abandon
        /// Its owner takes it back.
        case disown
    }

    enum Action: Sendable, Equatable {
        case none
        case borrowed
        case refused
        /// Nobody uses it: the number goes back to the system.
        case close
        /// Somebody uses it: those who wait in it are woken, the last one closes it.
        case wake
        /// It is made harmless, and its number is kept.
        case park
        case disowned
    }

    private enum Stage: Sendable, Equatable { case open, closing, parked, gone }

    private var stage = Stage.open
    private(set) var borrowers = 0
    var isParked: Bool { stage == .parked }

    mutating func handle(_ event: Event) -> Action {
        switch (stage, event) {
        case (.open, .borrow):
            borrowers += 1
            return .borrowed
        case (_, .borrow): return .refused
        case (_, .giveBack):
            guard borrowers > 0 else { return .refused }
            borrowers -= 1
            guard borrowers == 0, stage == .closing else { return .none }
            stage = .gone
            return .close
        case (.open, .close):
            stage = borrowers == 0 ? .gone : .closing
            return borrowers == 0 ? .close : .wake
        case (.open, .park), (.closing, .park):
            stage = .parked
            return .park
        case (.parked, .unpark):
            stage = borrowers == 0 ? .gone : .closing
            return borrowers == 0 ? .close : .none
        case (.closing, .abandon): return .park
        case (.open, .disown):
            guard borrowers == 0 else { return .refused }
            stage = .gone
            return .disowned
        case (_, .disown): return .refused
        case (_, .close), (_, .park), (_, .unpark), (_, .abandon): return .none
        }
    }
}
