/// How long a session lives without activity (DESIGN section 2), as a pure machine. Touching re-arms nothing (S13): the one timer compares
/// when it fires.
struct SessionLease: Sendable, Equatable {
    enum Event: Sendable, Equatable {
        /// A request or stream came or went.
        case attach
        case detach
        case timer(now: Int64, lastTouch: Int64)
        /// Its scope closes.
        case end
    }

    enum Action: Sendable, Equatable {
        case none
        /// Look again at this instant.
        case rearm(at: Int64)
        /// It was idle too long: close it.
        case expire
    }

    /// Nanoseconds; 0: never idle.
    let idle: Int64
    private(set) var attached = 0
    private(set) var isOver = false

    init(idle: Int64) { self.idle = idle }

    mutating func handle(_ event: Event) -> Action {
        switch event {
        case .attach:
            attached += 1
            return .none
        case .detach:
            attached = max(0, attached - 1)
            return .none
        case .end:
            isOver = true
            return .none
        case .timer(let now, let lastTouch):
            if isOver || idle == 0 { return .none }
            if attached > 0 { return .rearm(at: now + idle) }
            guard now - lastTouch < idle else {
                isOver = true
                return .expire
            }
            return .rearm(at: lastTouch + idle)
        }
    }
}
