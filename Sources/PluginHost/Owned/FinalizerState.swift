/// The life of a plugin's finalizer (S8, S16): its action runs at most once, and the end comes exactly once, after the last invocation and,
/// where the action said that it goes on, after `finished`. Pure.
struct FinalizerState: Sendable {
    enum Event: Sendable, Equatable {
        /// Its phase has come.
        case due
        /// The posted action is about to be called.
        case begins
        case returned(Outcome)
        /// The plugin says that a pending action is done.
        case finished
        /// The plugin takes it back.
        case remove
        /// Its phase was skipped.
        case skip
    }

    enum Outcome: Sendable { case done, pending, failed }

    struct Actions: OptionSet, Sendable {
        let rawValue: UInt8
        static let post = Actions(rawValue: 1)
        static let call = Actions(rawValue: 2)
        static let end = Actions(rawValue: 4)
        /// The event came at the wrong time and changed nothing.
        static let refused = Actions(rawValue: 8)
    }

    private enum Stage: Sendable { case registered, posted, running, finishedEarly, pending, ended }
    private var stage = Stage.registered

    /// Whether the action is on a thread now.
    var isRunning: Bool { stage == .running || stage == .finishedEarly }

    mutating func handle(_ event: Event) -> Actions {
        switch (stage, event) {
        case (.registered, .due):
            stage = .posted
            return .post
        case (.registered, .remove), (.registered, .skip):
            stage = .ended
            return .end
        case (.posted, .begins):
            stage = .running
            return .call
        case (.running, .returned(.pending)):
            stage = .pending
            return []
        case (.running, .returned), (.finishedEarly, .returned):
            stage = .ended
            return .end
        case (.running, .finished):
            // From inside the action; it may still say that it is pending.
            stage = .finishedEarly
            return []
        case (.pending, .finished):
            stage = .ended
            return .end
        case (_, .remove), (_, .finished): return .refused
        default: return []
        }
    }
}
