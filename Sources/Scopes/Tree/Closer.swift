/// Drives one close over a subtree, phase by phase (S6). The only place where anything is cancelled, awaited or freed.
///
/// Made by the outermost `close` of a subtree; keeps itself alive until it is done. A scope of the subtree that another closer drives
/// already is *joined*: this closer goes on to the next phase only when the entries of that one have passed the same phase, and it may
/// shorten its deadlines (S12). Whether those entries have passed depends on no other closer, so two closers that join each other (two
/// sessions that share two plugins) can't wait in a circle. A scope is freed when it has no child left, whoever closes the children.
final class Closer: Sendable {
    /// How long one finalizer may take in the free phase (S7).
    static let finalizerBudget: Int64 = 1_000_000_000

    private struct State {
        /// The scopes of the subtree that this closer flipped; children before their owners.
        var scopes: [Scope] = []
        var joined: [Closer] = []
        var phase = ClosePhase.quiesce
        /// The current phase has begun: its actions were called.
        var begun = false
        /// Ends of own entries that the current phase still waits for; one more while it begins.
        var pending = 0
        /// Joined closers that have not passed the current phase.
        var pendingJoined = 0
        /// The own entries have passed the current phase, and those who wait for that were told.
        var announced = false
        var deadlines: CloseDeadlines
        var forced = false
        /// The subtree is flipped and `scopes` is complete. Others may know this closer before that, and must not make it run over
        /// nothing (`RandomizedTests` fails without this).
        var started = false
        var running = false
        var again = false
        var timer: TimerQueue.Entry?
        var timerDeadline = Int64.max
        /// Those who wait until a phase has passed.
        var observers: [(phase: ClosePhase, run: @Sendable () -> Void)] = []
        var laterReasons: [Reason] = []
        // Free phase: scopes that are not closed yet from here on, the entry that is running, its deadline.
        var freeing = 0
        var current: (resource: Resource, scope: Scope)?
        var currentDeadline = Int64.max
        // Totals of the scopes that are closed.
        var released = 0
        var failed = 0
        var abandoned = 0
        var pinned = 0
        var details: [String] = []
    }

    let root: Scope
    let reason: Reason
    let startedAt: Int64
    private let runtime: Runtime
    private let state: Lock<State>

    init(root: Scope, reason: Reason, limits: CloseLimits) {
        self.root = root
        self.reason = reason
        runtime = root.runtime
        startedAt = root.runtime.now
        state = Lock(State(deadlines: CloseDeadlines(start: startedAt, limits: limits)))
    }

    // MARK: - Starting

    /// Flips the whole subtree (S5), then runs the phases on this thread as far as nothing has to be awaited. `root` is flipped.
    func start(children: [Scope]) {
        var scopes: [Scope] = []
        var joined: [Closer] = []
        // Depth first, children before owners, without recursion.
        var stack: [(scope: Scope, children: [Scope], next: Int)] = [(root, children, 0)]
        while let top = stack.last {
            guard top.next < top.children.count else {
                scopes.append(top.scope)
                stack.removeLast()
                continue
            }
            stack[stack.count - 1].next += 1
            let child = top.children[top.next]
            switch child.flip(self) {
            case .flipped(let below): stack.append((child, below, 0))
            case .driven(let other) where other !== self && !joined.contains { $0 === other }: joined.append(other)
            case .driven, .closed: break
            }
        }
        let deadlines = state.withLock { state -> CloseDeadlines in
            state.scopes = scopes
            state.joined = joined
            state.started = true
            return state.deadlines
        }
        for other in joined { other.shorten(to: deadlines) }
        run()
    }

    /// A later close of the same subtree, or of one above it.
    func joined(by reason: Reason, limits: CloseLimits?) {
        let now = runtime.now
        state.withLock { state in
            if state.laterReasons.count < 16 { state.laterReasons.append(reason) }
        }
        if let limits { shorten(to: CloseDeadlines(start: now, limits: limits)) }
    }

    func shorten(to other: CloseDeadlines) {
        state.withLock { $0.deadlines.shorten(to: other) }
        runtime.executor.post { [self] in run() }
    }

    /// Runs once the own entries have passed a phase; at once when they have.
    private func whenPassed(_ phase: ClosePhase, _ run: @escaping @Sendable () -> Void) {
        let passed = state.withLock { state -> Bool in
            if state.phase > phase || (state.phase == phase && state.announced) { return true }
            state.observers.append((phase, run))
            return false
        }
        if passed { run() }
    }

    // MARK: - Waiting

    /// One of the awaited entries is done.
    func awaitedEnded() {
        let ready = state.withLock { state -> Bool in
            state.pending -= 1
            return state.pending == 0 && !state.running
        }
        if ready { runtime.executor.post { [self] in run() } }
    }

    private func joinedPassed() {
        let ready = state.withLock { state -> Bool in
            state.pendingJoined -= 1
            guard state.pendingJoined == 0 else { return false }
            if state.running { state.again = true }
            return !state.running
        }
        if ready { runtime.executor.post { [self] in run() } }
    }

    /// A scope of the subtree has lost its last child.
    func childGone() {
        let ready = state.withLock { state -> Bool in
            if state.running { state.again = true }
            return !state.running && state.phase == .free
        }
        if ready { runtime.executor.post { [self] in run() } }
    }

    /// The one loop: at most one thread at a time; whoever comes meanwhile makes it go round again.
    private func run() {
        let entered = state.withLock { state -> Bool in
            guard state.started else { return false }
            if state.running {
                state.again = true
                return false
            }
            state.running = true
            return true
        }
        guard entered else { return }
        while true {
            while step() {}
            let leave = state.withLock { state -> Bool in
                if state.again {
                    state.again = false
                    return false
                }
                // An end that came after the last step saw `running` and left the next step to us.
                let moves = state.phase == .free ? state.current != nil : state.begun && !state.announced
                if state.pending == 0, moves, state.phase != .closed { return false }
                state.running = false
                return true
            }
            if leave { return }
        }
    }

    /// Does one thing; false when there is nothing to do but wait.
    private func step() -> Bool {
        let (phase, begun) = state.withLock { ($0.phase, $0.begun) }
        if phase == .closed { return false }
        if !begun {
            begin(phase)
            return true
        }
        if phase == .free { return freeNext() }
        let now = runtime.now
        enum Next { case announce([@Sendable () -> Void]), pass, waitForJoined, force, giveUp, wait(Int64) }
        let next = state.withLock { state -> Next in
            if state.announced { return state.pendingJoined == 0 ? .pass : .waitForJoined }
            if state.pending == 0 {
                state.announced = true
                let ready = state.observers.filter { $0.phase <= phase }.map(\.run)
                state.observers.removeAll { $0.phase <= phase }
                return .announce(ready)
            }
            switch phase {
            case .drain: return now >= state.deadlines.drain ? .giveUp : .wait(state.deadlines.drain)
            case .reap:
                if now >= state.deadlines.reap { return .giveUp }
                if now >= state.deadlines.soft && !state.forced {
                    state.forced = true
                    return .force
                }
                return .wait(state.forced ? state.deadlines.reap : state.deadlines.soft)
            case .quiesce, .cancel, .free, .closed: return .wait(state.deadlines.reap)
            }
        }
        switch next {
        case .announce(let observers):
            disarm()
            for observer in observers { observer() }
            return true
        case .pass:
            state.withLock { state in
                state.phase = phase.next(polite: reason.isPolite)
                state.begun = false
                state.announced = false
            }
            return true
        case .waitForJoined: return false
        case .force:
            forEach { resource, _ in resource.force(reason) }
            return true
        case .giveUp:
            if phase == .reap { abandonTheRest() } else { stopAwaiting() }
            return true
        case .wait(let deadline):
            arm(deadline)
            return false
        }
    }

    private func arm(_ deadline: Int64) {
        let previous = state.withLock { state -> (TimerQueue.Entry?, Bool) in
            if state.timerDeadline == deadline { return (nil, true) }
            state.timerDeadline = deadline
            return (state.timer.take(), false)
        }
        if let old = previous.0 { runtime.timers.cancel(old) }
        if previous.1 { return }
        let entry = runtime.timers.schedule(at: deadline, on: runtime.executor) { [self] in
            state.withLock { state in
                if state.timerDeadline <= runtime.now {
                    state.timer = nil
                    state.timerDeadline = .max
                }
            }
            run()
        }
        state.withLock { state in
            if state.timerDeadline == deadline { state.timer = entry }
        }
    }

    private func disarm() {
        let timer = state.withLock { state -> TimerQueue.Entry? in
            state.timerDeadline = .max
            return state.timer.take()
        }
        if let timer { runtime.timers.cancel(timer) }
    }

    // MARK: - Phases

    private func begin(_ phase: ClosePhase) {
        let joined = state.withLock { state -> [Closer] in
            state.begun = true
            state.pending = 1
            guard phase != .free else { return [] }
            state.pendingJoined = state.joined.count
            return state.joined
        }
        switch phase {
        case .quiesce: forEach { resource, _ in resource.quiesce(reason) }
        case .drain:
            forEach { resource, scope in
                guard scope.setAwaited(resource, true) else { return }
                state.withLock { $0.pending += 1 }
                if !resource.drain(reason), scope.setAwaited(resource, false) { state.withLock { $0.pending -= 1 } }
            }
        case .cancel: forEach { resource, _ in if resource.phase == .reap { resource.cancel(reason) } }
        case .reap:
            for scope in state.withLock({ $0.scopes }) {
                // Counted before it can end: an end takes the scope's lock first, and that is held while they are counted.
                scope.awaitReaped { count in state.withLock { $0.pending += count } }
            }
        case .free, .closed: break
        }
        for closer in joined { closer.whenPassed(phase) { [self] in joinedPassed() } }
        state.withLock { $0.pending -= 1 }
    }

    /// All linked, committed resources of the subtree: children's first, then in reverse order of acquisition.
    private func forEach(_ body: (Resource, Scope) -> Void) {
        for scope in state.withLock({ $0.scopes }) {
            for resource in scope.liveResourcesReversed() { body(resource, scope) }
        }
    }

    /// The drain deadline has passed: go on without them.
    private func stopAwaiting() {
        var count = 0
        forEach { resource, scope in if scope.setAwaited(resource, false) { count += 1 } }
        state.withLock { $0.pending -= count }
    }

    /// What did not end by the deadline is named and given up (S9).
    private func abandonTheRest() {
        for scope in state.withLock({ $0.scopes }) {
            for resource in scope.awaitedResources() { abandon(resource, in: scope) }
        }
    }

    private func abandon(_ resource: Resource, in scope: Scope) {
        // Before it counts as abandoned: from then on its end looks for it there.
        scope.remember(Abandoned(resource))
        guard let wasAwaited = scope.abandon(resource) else { return scope.abandonedEnded(resource) }
        if wasAwaited { state.withLock { $0.pending -= 1 } }
        runtime.ledger.abandoned(resource.kind)
        resource.abandoned(reason)
        runtime.reportAbandonment(
            Abandonment(
                scope: scope.path, kind: resource.kind.name, label: resource.label,
                ageNanoseconds: runtime.now - resource.openedAt, plugin: scope.pluginScope?.label))
    }

    // MARK: - Free

    /// Frees the next resource, or closes the next scope. False when it has to wait.
    private func freeNext() -> Bool {
        let now = runtime.now
        enum Step { case wait(Int64), overdue(Resource, Scope), pick }
        let step = state.withLock { state -> Step in
            guard let current = state.current else { return .pick }
            if state.pending > 0, now < state.currentDeadline { return .wait(state.currentDeadline) }
            state.current = nil
            return state.pending > 0 ? .overdue(current.resource, current.scope) : .pick
        }
        switch step {
        case .wait(let deadline):
            arm(deadline)
            return false
        case .overdue(let resource, let scope):
            abandon(resource, in: scope)
            return true
        case .pick: break
        }
        guard let scope = nextFreeable() else {
            disarm()
            let remaining = state.withLock { state -> Bool in
                if state.freeing == state.scopes.count { state.phase = .closed }
                return state.freeing < state.scopes.count
            }
            if remaining { return false }
            let observers = state.withLock { state -> [@Sendable () -> Void] in
                defer { state.observers = [] }
                return state.observers.map(\.run)
            }
            for observer in observers { observer() }
            return false
        }
        let next: (resource: Resource, free: Bool)
        // Before it can end: an end takes the pending one away.
        state.withLock { $0.pending += 1 }
        switch scope.takeForFree() {
        case .none:
            state.withLock { $0.pending -= 1 }
            finish(scope)
            return true
        case .resource(let resource): next = (resource, true)
        case .pending(let resource): next = (resource, false)
        }
        state.withLock { state in
            state.current = (next.resource, scope)
            let latest = max(state.deadlines.hard, now + 1_000_000)
            state.currentDeadline = next.free ? min(now + Self.finalizerBudget, latest) : latest
            if Fault.isOn("finalizer-hangs-within-budget") { state.currentDeadline = .max }
        }
        guard next.free else { return true }
        if scope.pin(next.resource, reason) {
            state.withLock { $0.pending -= 1 }
        } else {
            next.resource.free(reason)
        }
        return true
    }

    /// The first scope, in order, whose children are all closed; it moves to the front of those that remain. Nil: none, or others have to
    /// close a child first.
    private func nextFreeable() -> Scope? {
        let (scopes, first) = state.withLock { ($0.scopes, $0.freeing) }
        for index in first..<scopes.count where scopes[index].counts.children == 0 {
            if index > first {
                state.withLock { state in
                    let scope = state.scopes.remove(at: index)
                    state.scopes.insert(scope, at: first)
                }
            }
            return scopes[index]
        }
        return nil
    }

    private func finish(_ scope: Scope) {
        let tally = scope.tally()
        let (later, totals) = state.withLock { state -> ([Reason], Scope.Tally) in
            state.freeing += 1
            state.released += tally.released
            state.failed += tally.failed
            state.abandoned += tally.abandoned
            state.pinned += tally.pinned
            state.details += tally.details.prefix(max(0, Scope.Fields.maximalDetails - state.details.count))
            return (
                state.laterReasons,
                Scope.Tally(
                    released: state.released, failed: state.failed, abandoned: state.abandoned, pinned: state.pinned,
                    details: state.details)
            )
        }
        let isRoot = scope === root
        scope.becomeClosed(
            reason: reason, laterReasons: isRoot ? later : [], tally: isRoot ? totals : tally,
            duration: runtime.now - startedAt)
    }
}
