/// The decisions of one close (S6, S7, S9, S12): what comes next, given what has ended and what time it is.
///
/// A pure machine. `Closer` tells it what happened (`handle`), asks what to do (`next`) and does it, one thread at a time: whoever was told by
/// `handle` that something is to be done comes in with `enter` and stays until `leave` lets it go. `CloseModelTests` searches all states of two
/// of them.
struct CloseMachine: Sendable, Hashable {
    /// How long one resource may take to be freed (S7).
    static let finalizerBudget: Int64 = 1_000_000_000
    /// What each one gets that comes after the hard deadline: it runs all the same (S8).
    static let lateBudget: Int64 = 1_000_000

    enum Event: Sendable, Hashable {
        /// The subtree is flipped: so many scopes, so many other closers that drive a part of it. Others may know this closer before that, and
        /// must not make it run over nothing.
        case started(scopes: Int, joined: Int)
        /// The actions of the phase were called, `whenPassed` is asked of all who were joined.
        case began
        /// So many entries more are awaited. Comes before any of them can end.
        case awaiting(Int)
        /// So many of them have ended, or are not awaited any more.
        case ended(Int)
        /// A joined closer has passed the current phase.
        case joinedPassed
        /// Somebody else's deadlines: the earlier of each counts.
        case shorten(CloseDeadlines)
        /// A scope of the subtree has lost its last child.
        case childGone
        /// A deadline may have passed.
        case due
        /// The answers to `free`. No scope is without children:
        case nothingFreeable
        /// one has nothing left and is closed now,
        case scopeClosed
        /// or its last resource was taken; it was announced by `awaiting(1)`, and is to end by its budget. Not `isFree`: it ends by itself.
        case took(isFree: Bool, now: Int64)
    }

    enum Action: Sendable, Hashable {
        /// Call the actions of this phase, then tell `began`.
        case begin(ClosePhase)
        /// The own entries have passed this phase: tell those who wait for that.
        case announce(ClosePhase)
        /// The soft deadline has passed.
        case force
        /// Draining has taken long enough: what still drains is not awaited any more.
        case stopAwaiting
        /// What is awaited is given up (S9).
        case abandonAwaited
        /// Free the next resource, or close the next scope.
        case free
        /// The resource that is being freed is given up (S9).
        case abandonCurrent
        /// End the cleanup scopes (S5).
        case endCleanups
        /// All scopes are closed. Comes once.
        case finish
        /// Nothing to do before this instant, or before the next event.
        case wait(until: Int64?)
    }

    private enum Current: Sendable, Hashable {
        case none
        case awaited(until: Int64)
        /// Given up; its end is on the way where it was too late for that.
        case overdue
    }

    private(set) var phase = ClosePhase.quiesce
    private(set) var deadlines: CloseDeadlines
    private let isPolite: Bool
    private var started = false
    /// A thread is in, and something has happened since it last asked.
    private var running = false
    private var dirty = false

    // The current phase: its actions are called, its entries have passed, its last deadline has passed.
    private var begun = false
    private var announced = false
    private var forced = false
    private var gaveUp = false
    /// Ends of own entries that are awaited; one more while a phase begins.
    private var pending = 0
    private var joined = 0
    /// Joined closers that have not passed the current phase.
    private var pendingJoined = 0

    // The free phase: scopes that are not closed yet, what is being freed.
    private var remaining = 0
    private var current = Current.none
    /// All that remain have children, whose end `childGone` tells.
    private var blocked = false
    private var childrenWent = false
    private var cleanupsEnded = false

    init(deadlines: CloseDeadlines, isPolite: Bool) {
        self.deadlines = deadlines
        self.isPolite = isPolite
    }

    /// Whether the own entries have passed a phase. It depends on no other closer, so that two who join each other can't wait in a circle.
    func hasPassed(_ other: ClosePhase) -> Bool { phase > other || (phase == other && announced) }

    /// True: something is to be done, and nobody is in.
    mutating func handle(_ event: Event) -> Bool {
        dirty = true
        let matters: Bool
        switch event {
        case .started(let scopes, let joined):
            started = true
            remaining = scopes
            self.joined = joined
            matters = true
        case .began:
            pending -= 1
            matters = pending == 0
        case .awaiting(let count):
            pending += count
            matters = false
        case .ended(let count):
            pending -= count
            matters = pending == 0
        case .joinedPassed:
            pendingJoined -= 1
            matters = pendingJoined == 0
        case .shorten(let other):
            deadlines.shorten(to: other)
            cleanupsEnded = false
            matters = true
        case .childGone:
            childrenWent = true
            blocked = false
            matters = phase == .free
        case .due: matters = true
        case .nothingFreeable:
            blocked = !childrenWent
            matters = !blocked
        case .scopeClosed:
            remaining -= 1
            matters = true
        case .took(let isFree, let now):
            let latest = max(deadlines.hard, now + Self.lateBudget)
            current = .awaited(until: isFree ? min(now + Self.finalizerBudget, latest) : latest)
            matters = pending == 0
        }
        return matters && started && !running && phase != .closed
    }

    /// False: somebody is in, who sees to it.
    mutating func enter() -> Bool {
        guard started, !running else { return false }
        running = true
        return true
    }

    /// False: something has happened since the last `next`.
    mutating func leave() -> Bool {
        guard !dirty else { return false }
        running = false
        return true
    }

    /// What to do now. Only for who is in.
    mutating func next(_ now: Int64) -> Action {
        dirty = false
        while true {
            switch phase {
            case .closed: return .wait(until: nil)
            case .free: return free(now)
            case .quiesce, .drain, .cancel, .reap: break
            }
            if !begun {
                begun = true
                pending += 1
                pendingJoined = joined
                return .begin(phase)
            }
            if !announced {
                guard pending == 0 else { return awaitEnds(now) }
                announced = true
                return .announce(phase)
            }
            guard pendingJoined == 0 else { return .wait(until: nil) }
            phase = phase.next(polite: isPolite)
            begun = false
            announced = false
            gaveUp = false
        }
    }

    private mutating func awaitEnds(_ now: Int64) -> Action {
        switch phase {
        // What was given up too late has ended: its end is on the way.
        case _ where gaveUp: return .wait(until: nil)
        case .drain:
            guard now >= deadlines.drain else { return .wait(until: deadlines.drain) }
            gaveUp = true
            return .stopAwaiting
        case .reap:
            if now >= deadlines.reap {
                gaveUp = true
                return .abandonAwaited
            }
            guard now >= deadlines.soft, !forced else { return .wait(until: forced ? deadlines.reap : deadlines.soft) }
            forced = true
            return .force
        case .quiesce, .cancel, .free, .closed: return .wait(until: nil)
        }
    }

    private mutating func free(_ now: Int64) -> Action {
        if pending > 0 {
            switch current {
            case .awaited(let until):
                guard now >= until else { return .wait(until: until) }
                current = .overdue
                return .abandonCurrent
            case .overdue, .none: return .wait(until: nil)
            }
        }
        current = .none
        if remaining == 0 {
            phase = .closed
            return .finish
        }
        guard blocked else {
            childrenWent = false
            return .free
        }
        if cleanupsEnded { return .wait(until: nil) }
        guard now >= deadlines.cleanup else { return .wait(until: deadlines.cleanup) }
        cleanupsEnded = true
        return .endCleanups
    }
}
