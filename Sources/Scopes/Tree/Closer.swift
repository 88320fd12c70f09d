/// Drives one close over a subtree, phase by phase (S6). The only place where anything is cancelled, awaited or freed.
///
/// Made by the outermost `close` of a subtree; keeps itself alive until it is done. What comes next says its `CloseMachine`. A scope of the
/// subtree that another closer drives already is *joined*: this closer goes on to the next phase only when the entries of that one have passed
/// the same phase, and it may shorten its deadlines (S12). A scope is freed when it has no child left, whoever closes the children.
final class Closer: Sendable {
    private struct State {
        var machine: CloseMachine
        /// The scopes of the subtree that this closer flipped; children before their owners. Closed ones come first.
        var scopes: [Scope] = []
        var closed = 0
        var joined: [Closer] = []
        var timer: TimerQueue.Entry?
        var timerDeadline = Int64.max
        /// Those who wait until a phase has passed.
        var observers: [(phase: ClosePhase, run: @Sendable () -> Void)] = []
        var laterReasons: [Reason] = []
        /// What is being freed.
        var current: (resource: Resource, scope: Scope)?
        /// Of the scopes that are closed.
        var tally = Scope.Tally()
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
        let deadlines = CloseDeadlines(start: startedAt, limits: limits)
        state = Lock(State(machine: CloseMachine(deadlines: deadlines, isPolite: reason.isPolite)))
    }

    /// When it is done at the latest.
    var hardDeadline: Int64 { state.withLock { $0.machine.deadlines.hard } }

    /// True before the first resource is told so.
    var isCancelling: Bool { state.withLock { $0.machine.phase >= .cancel } }

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
            _ = state.machine.handle(.started(scopes: scopes.count, joined: joined.count))
            return state.machine.deadlines
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

    func shorten(to other: CloseDeadlines) { tell(.shorten(other)) }

    /// An awaited entry has ended.
    func awaitedEnded() { tell(.ended(1)) }

    /// A scope of the subtree has lost its last child.
    func childGone() { tell(.childGone) }

    private func tell(_ event: CloseMachine.Event) {
        let runs = state.withLock { $0.machine.handle(event) }
        if runs { runtime.executor.post { [self] in run() } }
    }

    /// Runs once the own entries have passed a phase; at once when they have.
    private func whenPassed(_ phase: ClosePhase, _ run: @escaping @Sendable () -> Void) {
        let passed = state.withLock { state -> Bool in
            if state.machine.hasPassed(phase) { return true }
            state.observers.append((phase, run))
            return false
        }
        if passed { run() }
    }

    // MARK: - Running

    private func run() {
        guard state.withLock({ $0.machine.enter() }) else { return }
        while true {
            let now = runtime.now
            switch state.withLock({ $0.machine.next(now) }) {
            case .begin(let phase): begin(phase)
            case .announce(let phase): announce(phase)
            case .force: forEach { resource, _ in resource.force(reason) }
            case .stopAwaiting: stopAwaiting()
            case .abandonAwaited: abandonAwaited()
            case .free: freeNext()
            case .abandonCurrent:
                guard !Fault.isOn("finalizer-hangs-within-budget"), let current = state.withLock({ $0.current.take() }) else { continue }
                if let abandonment = abandon(current.resource, in: current.scope) { runtime.reportAbandonments([abandonment]) }
            case .endCleanups: endCleanups()
            case .finish: announce(.closed)
            case .wait(let deadline):
                if let deadline { arm(deadline) }
                if state.withLock({ $0.machine.leave() }) { return }
            }
        }
    }

    private func announce(_ phase: ClosePhase) {
        disarm()
        let ready = state.withLock { state -> [@Sendable () -> Void] in
            defer { state.observers.removeAll { $0.phase <= phase } }
            return state.observers.filter { $0.phase <= phase }.map(\.run)
        }
        for observer in ready { observer() }
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
            let runs = state.withLock { state -> Bool in
                if state.timerDeadline <= runtime.now {
                    state.timer = nil
                    state.timerDeadline = .max
                }
                return state.machine.handle(.due)
            }
            if runs { run() }
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
        switch phase {
        case .quiesce: forEach { resource, _ in resource.quiesce(reason) }
        case .drain:
            forEach { resource, scope in
                tell(.awaiting(1))
                guard scope.setAwaited(resource, true) else { return tell(.ended(1)) }
                if !resource.drain(reason), scope.setAwaited(resource, false) { tell(.ended(1)) }
            }
        case .cancel:
            forEach { resource, scope in
                guard resource.phase == .reap, scope.pin(resource, reason) == .no else { return }
                resource.cancel(reason)
            }
        case .reap:
            for scope in state.withLock({ $0.scopes }) {
                // Counted before it can end: an end takes the scope's lock first, and that is held while they are counted.
                scope.awaitReaped { count in state.withLock { _ = $0.machine.handle(.awaiting(count)) } }
            }
        case .free, .closed: break
        }
        for closer in state.withLock({ $0.joined }) { closer.whenPassed(phase) { [self] in tell(.joinedPassed) } }
        tell(.began)
    }

    /// All linked, committed resources of the subtree: children's first, then in reverse order of acquisition.
    private func forEach(_ body: (Resource, Scope) -> Void) {
        for scope in state.withLock({ $0.scopes }) {
            for resource in scope.liveResourcesReversed() { body(resource, scope) }
        }
    }

    private func stopAwaiting() {
        var count = 0
        forEach { resource, scope in if scope.setAwaited(resource, false) { count += 1 } }
        tell(.ended(count))
    }

    private func abandonAwaited() {
        for scope in state.withLock({ $0.scopes }) {
            runtime.reportAbandonments(scope.awaitedResources().compactMap { abandon($0, in: scope) })
        }
    }

    /// What did not end by its deadline is given up (S9), and named to whoever is told; nil where it has ended meanwhile.
    private func abandon(_ resource: Resource, in scope: Scope) -> Abandonment? {
        // Before it counts as abandoned: from then on its end looks for it there.
        scope.remember(Abandoned(resource))
        guard let wasAwaited = scope.abandon(resource) else {
            scope.abandonedEnded(resource)
            return nil
        }
        if wasAwaited { tell(.ended(1)) }
        runtime.ledger.abandoned(resource.kind)
        resource.abandoned(reason)
        return Abandonment(
            scope: scope.path, kind: resource.kind.name, label: resource.label,
            ageNanoseconds: runtime.now - resource.openedAt, plugin: scope.pluginScope?.label)
    }

    // MARK: - Free

    private func freeNext() {
        guard let scope = nextFreeable() else { return tell(.nothingFreeable) }
        // Before it can end: an end takes the awaited one away.
        state.withLock { state in
            state.current = nil
            _ = state.machine.handle(.awaiting(1))
        }
        let taken = scope.takeForFree()
        switch taken {
        case .children: return tell(.ended(1))
        case .none:
            finish(scope)
            return tell(.ended(1))
        case .resource(let resource), .pending(let resource):
            let now = runtime.now
            state.withLock { state in
                state.current = (resource, scope)
                _ = state.machine.handle(.took(isFree: taken.isFree, now: now))
            }
            guard taken.isFree else { return }
            switch scope.pin(resource, reason) {
            case .no: resource.free(reason)
            case .pinned: tell(.ended(1))
            case .gone: break
            }
        }
    }

    /// The first scope, in order, whose children are all closed; it moves to the front of those that remain. Nil: none, or others have to
    /// close a child first.
    private func nextFreeable() -> Scope? {
        let (scopes, first) = state.withLock { ($0.scopes, $0.closed) }
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
            state.closed += 1
            state.tally.add(tally)
            _ = state.machine.handle(.scopeClosed)
            return (state.laterReasons, state.tally)
        }
        let isRoot = scope === root
        scope.becomeClosed(
            reason: reason, laterReasons: isRoot ? later : [], tally: isRoot ? totals : tally,
            duration: runtime.now - startedAt)
    }

    /// What is left of the reserve is for ending what cleans up (S5, S7); nothing more is opened for that.
    private func endCleanups() {
        let (scopes, closed, hard) = state.withLock { ($0.scopes, $0.closed, $0.machine.deadlines.hard) }
        let left = max(0, hard - runtime.now)
        for scope in scopes[closed...] {
            for child in scope.endCleanups() {
                child.close(Reason(.deadline, by: scope.path), limits: CloseLimits(soft: left / 2, hard: left))
            }
        }
    }
}
