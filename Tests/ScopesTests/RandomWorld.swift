import Glibc
import Testing

@testable import Scopes

/// One tree with plugins, sessions and their quotas, what threads do to it, and what must be true afterwards.
final class RandomWorld: Sendable {
    let runtime: Runtime
    let root: Scope
    private let plugin = ThreadExecutor(name: "plugin", threads: 2)
    private let accounts: [QuotaAccount]
    private let owners: [Scope]
    private let blocked: Gate?

    private struct State {
        var scopes: [Scope]
        var probes: [RandomProbe] = []
        var callbacks: [RandomCallback] = []
        var hanging: [TaskEntry] = []
        /// Closes that were begun, with the limits they had to keep.
        var begun = 0
        var reports: [(Report, CloseLimits)] = []
        var promoted = 0
        var refused = 0
    }
    private let state: Lock<State>
    private let tiny = CloseLimits(soft: 5_000_000, hard: 20_000_000)

    init(_ runtime: Runtime, clock: String, blocksSharedPool: Bool) {
        self.runtime = runtime
        root = Scope.root(runtime, label: clock)
        accounts = [
            QuotaAccount("plugin a", QuotaLimits(resources: 60, scopes: 40, kinds: [(.task, 25)])),
            QuotaAccount("plugin b", QuotaLimits(resources: 500)), QuotaAccount("principal", QuotaLimits(scopes: 300)),
        ]
        var owners: [Scope] = []
        for (level, label, account) in [(Scope.Level.plugin, "a#1", 0), (.plugin, "b#1", 1), (.session, "s", 2), (.session, "t", 2)] {
            guard let scope = try? root.open(level, label, limits: tiny, accounts: [accounts[account]]) else { continue }
            owners.append(scope)
        }
        self.owners = owners
        state = Lock(State(scopes: owners + [root]))
        // S21: whoever waits on the shared pool stops nothing of this.
        let gate: Gate? = blocksSharedPool ? Gate() : nil
        blocked = gate
        if let gate { for _ in 0..<2 { Task.detached { gate.wait(seconds: 60) } } }
    }

    func close(_ scope: Scope, _ reason: Reason, _ limits: CloseLimits, done: @escaping @Sendable () -> Void) {
        state.withLock { $0.begun += 1 }
        scope.close(reason, limits: limits) { [self] report in
            state.withLock { $0.reports.append((report, limits)) }
            done()
        }
    }

    /// Everything that is queued runs.
    func settleAll() {
        for _ in 0..<2 {
            settle(runtime)
            settle(plugin)
        }
        settle(runtime)
    }

    // MARK: - What threads do

    func play(_ start: Dice, rounds: Int) {
        var dice = start
        for _ in 0..<rounds {
            let scope = state.withLock { $0.scopes.randomElement(using: &dice) ?? root }
            do {
                try move(&dice, scope)
            } catch AcquireError.overQuota {
                state.withLock { $0.refused += 1 }
            } catch {}
        }
    }

    private func move(_ dice: inout Dice, _ scope: Scope) throws {
        switch dice.roll(20) {
        case 0, 1: try open(&dice, scope)
        case 2:
            // Where a session meets a plugin: two owners (S12).
            let use = try owners[2 + dice.roll(2)].open(.use, "use", alsoOwnedBy: owners[dice.roll(2)], limits: tiny)
            let call = try use.open(.call, "call", limits: tiny, capacity: 12)
            state.withLock { $0.scopes += [use, call] }
        case 3, 4, 5, 6: try probe(&dice, scope)
        case 7:
            let callback = callback()
            _ = try scope.spawn("t", atEnd: dice.roll(2) == 0 ? .cancel : .finish, on: plugin) {
                callback.run()
                await Task.yield()
                callback.run()
            }
        case 8:
            let callback = callback()
            _ = try scope.timer(
                "tick", after: Int64(dice.roll(2_000_000)), every: Int64(dice.roll(2) * 500_000), on: plugin, fire: { _ in callback.run() },
                ended: { callback.destroyed() })
        case 9:
            let channel = Channel<Int>(capacity: 2, overflow: .wait)
            try scope.add(channel)
            channel.receive { _ in }
            for value in 0..<4 { _ = channel.send(value, done: { _ in }) }
            if dice.roll(2) == 0 { channel.finish() }
        case 10:
            let callback = callback()
            let isEarly = dice.roll(3) == 0
            try scope.onClose(isEarly ? .drain : .free, "f", destroyed: { callback.destroyed() }) { [plugin] _, finalizer in
                plugin.post {
                    callback.run()
                    finalizer.finished(failure: isEarly ? "on purpose" : nil)
                }
            }
        case 11: try cleanup(&dice, scope)
        case 12:
            // Ignores its cancellation, mostly: given up (S9), and ends at the very end.
            guard dice.roll(6) == 0 else { return }
            let entry = try scope.adopt("stubborn", cancel: { _ in })
            state.withLock { $0.hanging.append(entry) }
        case 13, 14: promote(&dice)
        case 15, 16:
            guard scope !== root, dice.roll(owners.contains { $0 === scope } ? 12 : 2) == 0 else { return }
            close(scope, Reason(Reason.Kind(raw: Int32(dice.roll(10))), by: "dice"), tiny) {}
        case 17:
            guard scope !== root, !owners.contains(where: { $0 === scope }) else { return }
            // From inside: starts it, does not wait for itself (S2).
            _ = try scope.spawn("inside", on: plugin) { _ = await scope.closeAndWait(Reason(.completed, by: "inside")) }
        case 18:
            // Both owners at once.
            guard dice.roll(40) == 0 else { return }
            close(owners[2 + dice.roll(2)], Reason(.idle, by: "dice"), tiny) {}
            close(owners[dice.roll(2)], Reason(.unloaded, by: "dice"), tiny) {}
        default: sched_yield()
        }
    }

    private func open(_ dice: inout Dice, _ scope: Scope) throws {
        let other = dice.roll(3) == 0 ? state.withLock { $0.scopes.randomElement(using: &dice) } : nil
        // A second owner must not be below the first, else the tree would have a circle.
        let second = other.flatMap { other in
            other !== scope && !other.isInside(scope) && !scope.isInside(other) ? other : nil
        }
        let child = try scope.open(.custom, "c", alsoOwnedBy: second, limits: tiny)
        state.withLock { $0.scopes.append(child) }
    }

    private func probe(_ dice: inout Dice, _ scope: Scope) throws {
        let mode = dice.roll(60) == 0 ? RandomProbe.Mode.hangs : RandomProbe.Mode.allCases[dice.roll(RandomProbe.Mode.allCases.count - 1)]
        let probe = RandomProbe(mode, freed: dice.roll(2) == 0, pins: dice.roll(2) == 0, on: plugin)
        try scope.reserve(probe)
        if dice.roll(4) == 0 { sched_yield() }
        if dice.roll(8) == 0 { return probe.withdraw() }
        // Committed or undone: released once either way.
        state.withLock { $0.probes.append(probe) }
        try probe.commit()
    }

    private func cleanup(_ dice: inout Dice, _ scope: Scope) throws {
        let forgets = dice.roll(2) == 0
        try scope.onClose(.free, "opens") { [self] _ in
            guard let cleanup = try? scope.cleanup("after") else { return }
            let callback = callback()
            _ = try? cleanup.spawn("last words", on: plugin) { callback.run() }
            if !forgets { cleanup.close(Reason(.completed, by: "dice")) }
        }
    }

    private func promote(_ dice: inout Dice) {
        guard let probe = state.withLock({ $0.probes.randomElement(using: &dice) }), let scope = probe.scope else { return }
        let target = dice.roll(2) == 0 ? scope.pluginScope : scope.owner
        guard let target, (try? probe.promote(to: target)) != nil else { return }
        state.withLock { $0.promoted += 1 }
    }

    private func callback() -> RandomCallback {
        let callback = RandomCallback()
        state.withLock { $0.callbacks.append(callback) }
        return callback
    }

    // MARK: - What must be true

    /// After the root was closed. - Parameter slack: nanoseconds that a close may have taken beyond its hard deadline.
    func check(slack: Int64) {
        // What ignored everything ends after all: what was pinned for it goes.
        for entry in state.withLock({ $0.hanging }) { entry.finished() }
        for probe in state.withLock({ $0.probes }) { probe.endAtLast() }
        settleAll()
        if let blocked { for _ in 0..<2 { blocked.open() } }
        plugin.stop()
        settle(runtime)
        // Those who wait for a child are told after its owners have forgotten it, maybe by another thread than the one that closed the root.
        let deadline = Monotonic.now() + 10_000_000_000
        while state.withLock({ $0.reports.count < $0.begun }), Monotonic.now() < deadline { settle(runtime) }
        let state = state.withLock { $0 }
        for scope in state.scopes {
            if case .closed = scope.state {} else { Issue.record("\(scope.path) is still \(scope.state)") }
            #expect(scope.counts == (0, 0))
            #expect(scope.fields.withLock { $0.abandonedBelow.isEmpty }, "\(scope.path) remembers what has ended")
        }
        for probe in state.probes { probe.check() }
        for callback in state.callbacks { #expect(callback.lateRuns == 0, "something ran after its destroyed (S16)") }
        #expect(state.reports.count == state.begun, "whoever closes is told once")
        for (report, limits) in state.reports {
            #expect(report.durationNanoseconds <= limits.hard + slack, "\(report)")
        }
        let abandonedThatEnded = runtime.ledger.counters().first { $0.0 == "abandoned.ended" }?.1 ?? 0
        let totals = runtime.ledger.totals()
        for total in totals {
            #expect(total.live == 0 && total.pinnedNow == 0, "\(total)")
            #expect(total.opened == total.released + total.abandoned, "\(total)")
        }
        #expect(totals.map(\.abandoned).reduce(0, +) == abandonedThatEnded, "everything that was given up has ended")
        func sum(_ of: (Ledger.KindTotals) -> Int) -> Int { totals.map(of).reduce(0, +) }
        print(
            "  \(sum(\.opened)) opened, \(sum(\.failed)) failed, \(sum(\.abandoned)) abandoned, \(sum(\.pinned)) pinned,",
            "\(state.promoted) promoted, \(state.refused) over quota, \(state.begun) closes")
        for account in accounts { #expect(account.resources == 0 && account.scopes == 0, "\(account.owner)") }
    }
}
