/// The life of a call as a pure machine (A9): one outcome, whoever comes first; and its entry in the call's scope ends when there is an outcome
/// and no handler runs.
struct CallState: Sendable {
    enum Event: Sendable, CaseIterable {
        /// The handler is about to be called.
        case begin
        /// It returned from `invoke`; async ones may finish later.
        case returned
        case finish
        /// The call's scope closes.
        case cancel
    }

    struct Actions: OptionSet, Sendable {
        let rawValue: UInt8
        /// Call the handler.
        static let run = Actions(rawValue: 1)
        /// Hand the outcome that came with the event to the sink, and close the scope.
        static let send = Actions(rawValue: 2)
        /// There was an outcome already: count it, send nothing.
        static let late = Actions(rawValue: 4)
        /// The handler had to finish and did not: fail the call, and close the scope.
        static let sendUnfinished = Actions(rawValue: 8)
        /// The entry leaves the scope.
        static let end = Actions(rawValue: 16)
    }

    private enum Handler: Sendable { case waiting, running, returned, skipped }

    /// Whether the handler must have finished when it returns.
    let finishesOnReturn: Bool
    private var handler = Handler.waiting
    private(set) var hasOutcome = false

    init(finishesOnReturn: Bool) { self.finishesOnReturn = finishesOnReturn }

    /// Whether the handler is inside `invoke`.
    var isRunning: Bool { handler == .running }

    mutating func handle(_ event: Event) -> Actions {
        switch event {
        case .begin:
            guard handler == .waiting, !hasOutcome else { return [] }
            handler = .running
            return .run
        case .returned:
            guard handler == .running else { return [] }
            handler = .returned
            if hasOutcome { return .end }
            guard finishesOnReturn else { return [] }
            hasOutcome = true
            return [.sendUnfinished, .end]
        case .finish:
            if hasOutcome { return .late }
            return outcome()
        case .cancel:
            if hasOutcome { return [] }
            return outcome()
        }
    }

    private mutating func outcome() -> Actions {
        hasOutcome = true
        if handler == .waiting { handler = .skipped }
        return handler == .running ? .send : [.send, .end]
    }
}
