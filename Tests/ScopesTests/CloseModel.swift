@testable import Scopes

/// A small world for two closers: scopes, entries that end, hang or are still being acquired, deadlines that pass. Everything that may happen
/// next is a transition; what `Closer` does in one step under one lock is one transition here. The decisions are those of the real
/// `CloseMachine`.
struct CloseModel: Hashable {
    enum EntryStage: UInt8 { case reserved, live, undoing, freeing, ended, abandoned }

    struct Entry: Hashable {
        let scope: Int
        let phase: Kind.Phase
        let drains: Bool
        var stage: EntryStage
        var awaited = false
        /// How often it was told to end: cancelled, freed or undone.
        var told = 0
    }

    struct Node: Hashable {
        let owners: [Int]
        var stage = ScopeState.Stage.open
        var driver: Int?
        /// Owners that still hold it.
        var holders: [Int]

        init(owners: [Int]) {
            self.owners = owners
            holders = owners
        }
    }

    enum Step: Hashable {
        case flip(Int), known(Int), started, enter
        case visit(ClosePhase, scope: Int)
        case join(Int, ClosePhase), began
        case abandonIn(scope: Int), abandon(entry: Int), stopAwaiting, gaveAway(Int)
        case observe(Int), look, nothingFound, take(scope: Int), leaveOwner(Int, of: Int), scopeEnded
        case leave

        var isOwn: Bool {
            switch self {
            case .began, .gaveAway, .scopeEnded: true
            default: false
            }
        }
    }

    struct Driver: Hashable {
        let root: Int
        let isPolite: Bool
        let limits: CloseLimitsKey
        var machine: CloseMachine
        var hasBegun = false
        /// What the thread that called `close` does next.
        var starting: [Step] = []
        var inside = false
        /// What the thread that is inside does next.
        var steps: [Step] = []
        var posted = false
        var armed: Int64?
        var scopes: [Int] = []
        var closed = 0
        var joined: [Int] = []
        var current: Int?
        /// Phases that the other one waits for.
        var observers: [ClosePhase] = []
        /// Ends that are on their way.
        var ends = 0
    }

    struct CloseLimitsKey: Hashable { let soft: Int64, hard: Int64 }

    var nodes: [Node]
    var entries: [Entry]
    var drivers: [Driver]
    var now: Int64 = 0

    init(nodes: [[Int]], entries: [Entry], closes: [(root: Int, isPolite: Bool, limits: CloseLimits)]) {
        self.nodes = nodes.map { Node(owners: $0) }
        self.entries = entries
        drivers = closes.map { close in
            Driver(
                root: close.root, isPolite: close.isPolite,
                limits: CloseLimitsKey(soft: close.limits.soft, hard: close.limits.hard),
                machine: CloseMachine(deadlines: CloseDeadlines(start: 0, limits: close.limits), isPolite: close.isPolite))
        }
    }

    // MARK: - Properties

    /// What must never be.
    var violation: String? {
        for (index, entry) in entries.enumerated() {
            if entry.told > 1 { return "entry \(index) was told to end \(entry.told) times" }
            let isGone = entry.stage == .ended || entry.stage == .abandoned
            if nodes[entry.scope].stage == .closed, !isGone { return "scope \(entry.scope) closed over entry \(index)" }
        }
        for (index, node) in nodes.enumerated() where node.stage != .closed {
            for owner in node.owners where nodes[owner].stage == .closed { return "scope \(owner) closed over its child \(index)" }
        }
        return nil
    }

    /// Everything that was begun is closed.
    var isDone: Bool { drivers.allSatisfy { !$0.hasBegun || $0.machine.phase == .closed } }

    private func linked(_ scope: Int) -> [Int] {
        entries.indices.filter { index in
            guard entries[index].scope == scope else { return false }
            switch entries[index].stage {
            case .reserved, .live, .undoing: return true
            case .freeing, .ended, .abandoned: return false
            }
        }
    }

    private func children(_ scope: Int) -> [Int] {
        nodes.indices.filter { nodes[$0].holders.contains(scope) }
    }

    // MARK: - Transitions

    /// What may happen next. `must`: what happens sooner or later; the others may as well never happen.
    func successors(_ found: (CloseModel, _ must: Bool) -> Void, _ problem: (String) -> Void) {
        for index in drivers.indices {
            let driver = drivers[index]
            if !driver.hasBegun, now == 0 { add(false) { $0.begin(index) } }
            if !driver.starting.isEmpty { add(true) { $0.start(index) } }
            if driver.inside { add(true) { $0.step(index, problem) } }
            if driver.posted {
                add(true) { next in
                    next.drivers[index].posted = false
                    if next.drivers[index].machine.enter() { next.drivers[index].inside = true }
                }
            }
            if driver.ends > 0 {
                add(true) { next in
                    next.drivers[index].ends -= 1
                    next.tell(index, .ended(1))
                }
            }
            if let armed = driver.armed, armed <= now {
                add(true) { next in
                    next.drivers[index].armed = nil
                    next.tell(index, .due)
                }
            }
        }
        for index in entries.indices {
            switch entries[index].stage {
            case .reserved:
                add(false) { $0.commit(index) }
                add(false) { $0.end(index) }
            case .live, .undoing, .freeing: add(false) { $0.end(index) }
            // What was given up may end as well: no closer hears of that.
            case .abandoned, .ended: break
            }
        }
        if let instant = nextInstant { add(true) { $0.now = instant } }

        func add(_ must: Bool, _ change: (inout CloseModel) -> Void) {
            var next = self
            change(&next)
            for index in drivers.indices {
                let (before, after) = (drivers[index].machine, next.drivers[index].machine)
                if after.phase < before.phase { problem("closer \(index) went back") }
                guard after.phase > before.phase, after.phase <= .free else { continue }
                for other in drivers[index].joined where !drivers[other].machine.hasPassed(before.phase) {
                    problem("closer \(index) passed \(before.phase) before closer \(other) (S12)")
                }
            }
            found(next, must)
        }
    }

    /// The next instant that makes a difference to anybody.
    private var nextInstant: Int64? {
        var instants: [Int64] = []
        for driver in drivers where driver.hasBegun && driver.machine.phase != .closed {
            if driver.machine.phase < .drain, driver.isPolite { instants.append(driver.machine.deadlines.drain) }
            if driver.machine.phase < .free { instants.append(driver.machine.deadlines.reap) }
            if let armed = driver.armed { instants.append(armed) }
        }
        return instants.filter { $0 > now }.min()
    }

    private mutating func tell(_ index: Int, _ event: CloseMachine.Event) {
        if drivers[index].machine.handle(event) { drivers[index].posted = true }
    }

    private mutating func begin(_ index: Int) {
        drivers[index].hasBegun = true
        let root = drivers[index].root
        // A later close of the same subtree joins; nothing of its own is driven.
        guard nodes[root].stage == .open else { return drivers[index].machine = Self.closedMachine }
        nodes[root].stage = .closing
        nodes[root].driver = index
        drivers[index].starting = children(root).map { .flip($0) } + [.known(root), .started, .enter]
    }

    /// Of a close that another one does.
    private static let closedMachine: CloseMachine = {
        var machine = CloseMachine(deadlines: CloseDeadlines(start: 0, limits: .call), isPolite: false)
        _ = machine.handle(.started(scopes: 0, joined: 0))
        _ = machine.enter()
        while machine.phase != .closed {
            if case .begin = machine.next(0) { _ = machine.handle(.began) }
        }
        return machine
    }()

    private mutating func commit(_ index: Int) {
        if nodes[entries[index].scope].stage == .open {
            entries[index].stage = .live
        } else {
            entries[index].stage = .undoing
            entries[index].told += 1
        }
    }

    private mutating func end(_ index: Int) {
        entries[index].stage = .ended
        guard entries[index].awaited else { return }
        entries[index].awaited = false
        if let driver = nodes[entries[index].scope].driver { drivers[driver].ends += 1 }
    }

    // MARK: - What a closer does

    private mutating func start(_ index: Int) {
        switch drivers[index].starting.removeFirst() {
        case .flip(let scope):
            switch nodes[scope].stage {
            case .open:
                nodes[scope].stage = .closing
                nodes[scope].driver = index
                drivers[index].starting = children(scope).map { .flip($0) } + [.known(scope)] + drivers[index].starting
            case .closing:
                if let other = nodes[scope].driver, other != index, !drivers[index].joined.contains(other) {
                    drivers[index].joined.append(other)
                }
            case .closed: break
            }
        case .known(let scope): drivers[index].scopes.append(scope)
        case .started:
            _ = drivers[index].machine.handle(.started(scopes: drivers[index].scopes.count, joined: drivers[index].joined.count))
            for other in drivers[index].joined { tell(other, .shorten(drivers[index].machine.deadlines)) }
        default: if drivers[index].machine.enter() { drivers[index].inside = true }
        }
    }

    private mutating func step(_ index: Int, _ problem: (String) -> Void) {
        guard let step = drivers[index].steps.first else { return decide(index) }
        drivers[index].steps.removeFirst()
        act(index, step, problem)
        // What only this thread sees comes with what was before it: it makes no difference to anybody when.
        while let own = drivers[index].steps.first, own.isOwn {
            drivers[index].steps.removeFirst()
            act(index, own, problem)
        }
    }

    private mutating func act(_ index: Int, _ step: Step, _ problem: (String) -> Void) {
        switch step {
        case .visit(let phase, let scope): visit(index, phase, scope)
        case .join(let other, let phase):
            if drivers[other].machine.hasPassed(phase) {
                tell(index, .joinedPassed)
            } else {
                drivers[other].observers.append(phase)
            }
        case .began: tell(index, .began)
        case .abandonIn(let scope):
            let awaited = linked(scope).reversed().filter { entries[$0].awaited }
            drivers[index].steps = awaited.map { .abandon(entry: $0) } + drivers[index].steps
        case .abandon(let entry): abandon(index, entry)
        case .stopAwaiting:
            for scope in drivers[index].scopes {
                for entry in linked(scope) where entries[entry].stage == .live && entries[entry].awaited {
                    entries[entry].awaited = false
                    tell(index, .ended(1))
                }
            }
        case .gaveAway(let count): tell(index, .ended(count))
        case .observe(let other): tell(other, .joinedPassed)
        case .look:
            guard let scope = drivers[index].scopes[drivers[index].closed...].first(where: { children($0).isEmpty }) else {
                drivers[index].steps = [.nothingFound]
                return
            }
            drivers[index].scopes.removeAll { $0 == scope }
            drivers[index].scopes.insert(scope, at: drivers[index].closed)
            tell(index, .awaiting(1))
            drivers[index].steps = [.take(scope: scope)]
        case .nothingFound: tell(index, .nothingFreeable)
        case .take(let scope): take(index, scope, problem)
        case .leaveOwner(let owner, let scope):
            nodes[scope].holders.removeAll { $0 == owner }
            if children(owner).isEmpty, let driver = nodes[owner].driver { tell(driver, .childGone) }
        case .scopeEnded: tell(index, .ended(1))
        case .flip, .known, .started, .enter: break
        case .leave: if drivers[index].machine.leave() { drivers[index].inside = false }
        }
    }

    private mutating func decide(_ index: Int) {
        let scopes = drivers[index].scopes
        switch drivers[index].machine.next(now) {
        case .begin(let phase):
            drivers[index].steps = scopes.map { .visit(phase, scope: $0) } + drivers[index].joined.map { .join($0, phase) } + [.began]
            if phase == .quiesce { drivers[index].steps.removeFirst(scopes.count) }
        case .announce(let phase): announce(index, phase)
        case .force: break
        case .stopAwaiting: drivers[index].steps = [.stopAwaiting]
        case .abandonAwaited: drivers[index].steps = scopes.map { .abandonIn(scope: $0) }
        case .free:
            drivers[index].steps = [.look]
        case .abandonCurrent:
            if let current = drivers[index].current { drivers[index].steps = [.abandon(entry: current)] }
        case .endCleanups: break
        case .finish: announce(index, .closed)
        case .wait(let until):
            if let until { drivers[index].armed = until }
            drivers[index].steps = [.leave]
        }
    }

    private mutating func announce(_ index: Int, _ phase: ClosePhase) {
        drivers[index].armed = nil
        let ready = drivers[index].observers.filter { $0 <= phase }
        drivers[index].observers.removeAll { $0 <= phase }
        drivers[index].steps = ready.map { _ in .observe(1 - index) }
    }

    private mutating func visit(_ index: Int, _ phase: ClosePhase, _ scope: Int) {
        let known = linked(scope).reversed()
        if phase == .reap {
            let reaped = known.filter { entries[$0].phase == .reap }
            for entry in reaped { entries[entry].awaited = true }
            if !reaped.isEmpty { tell(index, .awaiting(reaped.count)) }
            return
        }
        for entry in known where entries[entry].stage == .live { touch(index, phase, entry) }
    }

    private mutating func touch(_ index: Int, _ phase: ClosePhase, _ entry: Int) {
        switch phase {
        case .drain where entries[entry].drains:
            tell(index, .awaiting(1))
            entries[entry].awaited = true
        case .cancel where entries[entry].phase == .reap: entries[entry].told += 1
        default: break
        }
    }

    private mutating func abandon(_ index: Int, _ entry: Int) {
        switch entries[entry].stage {
        case .reserved, .live, .undoing, .freeing:
            entries[entry].stage = .abandoned
            if entries[entry].awaited { drivers[index].steps.insert(.gaveAway(1), at: 0) }
            entries[entry].awaited = false
        case .ended, .abandoned: break
        }
    }

    private mutating func take(_ index: Int, _ scope: Int, _ problem: (String) -> Void) {
        guard let last = linked(scope).last else {
            drivers[index].closed += 1
            tell(index, .scopeClosed)
            // Its owners forget it one after the other.
            nodes[scope].stage = .closed
            drivers[index].steps = nodes[scope].owners.map { .leaveOwner($0, of: scope) } + [.scopeEnded]
            return
        }
        for entry in entries.indices where entries[entry].awaited && drivers[index].scopes.contains(entries[entry].scope) {
            problem("entry \(last) is freed while entry \(entry) is awaited")
        }
        if let child = children(scope).first { problem("entry \(last) is freed before child \(child) is closed") }
        for entry in linked(scope) where entries[entry].phase == .reap && entries[entry].stage != .abandoned {
            problem("entry \(last) is freed before entry \(entry) was reaped")
        }
        entries[last].awaited = true
        let isFree = entries[last].stage == .live
        if isFree {
            entries[last].stage = .freeing
            entries[last].told += 1
        }
        drivers[index].current = last
        tell(index, .took(isFree: isFree, now: now))
    }
}
