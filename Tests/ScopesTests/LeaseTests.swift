import Synchronization
import TestSupport
import Testing

@testable import Scopes

struct LeaseStateTests {
    /// Every sequence of seven events with two holders, against what must hold whatever happens.
    @Test func everySequenceOfSevenEvents() {
        let events: [LeaseState.Event] = [
            .acquire(1, scopeIsOpen: true), .acquire(2, scopeIsOpen: true), .acquire(1, scopeIsOpen: false), .built, .failed,
            .leave(1), .leave(2), .scopeClosed,
        ]
        var visited = 0
        // An expectation for each of a million states would take most of the time.
        func check(_ holds: Bool, _ what: @autoclosure () -> String = "", line: Int = #line) {
            if !holds { Issue.record("line \(line): \(what())") }
        }
        func explore(_ state: LeaseState, _ outside: Set<UInt64>, _ scopes: Int, _ isClosing: Bool, _ isClosingByItself: Bool, _ depth: Int)
        {
            visited += 1
            // Nobody waits or holds without something to wait for or hold.
            if state.isAbsent { check(state.waiters.isEmpty && state.holders.isEmpty && scopes == 0) }
            check(Set(state.waiters).isDisjoint(with: state.holders))
            guard depth > 0 else { return }
            for event in events {
                var (next, outside, scopes, isClosing, isClosingByItself) = (state, outside, scopes, isClosing, isClosingByItself)
                switch event {
                case .acquire(let name, let isOpen):
                    guard outside.contains(name), isOpen ? !isClosingByItself : scopes == 1 else { continue }
                    outside.remove(name)
                    if !isOpen { isClosingByItself = true }
                case .leave(let name): guard !outside.contains(name) else { continue }
                case .scopeClosed: guard scopes == 1 else { continue }
                case .built, .failed: guard scopes == 1 else { continue }
                }
                let before = Set(state.waiters).union(state.holders)
                let action = next.handle(event)
                if event == .scopeClosed {
                    scopes = 0
                    (isClosing, isClosingByItself) = (false, false)
                }
                if case .leave(let name) = event { outside.insert(name) }
                if action.build {
                    scopes += 1
                    isClosing = false
                }
                // One thing at a time, closed at most once, never built beside itself.
                check(scopes <= 1)
                if action.closeScope {
                    check(scopes == 1 && !isClosing)
                    isClosing = true
                }
                check(action.forget == (next.isAbsent && scopes == 0 && event == .scopeClosed))
                // Whoever was there is told, or still there.
                let told = Set(action.fail).union(action.lost)
                check(told.isDisjoint(with: Set(action.grant)))
                check(Set(action.grant).isSubset(of: next.holders))
                var gone = before.subtracting(next.waiters).subtracting(next.holders)
                if case .leave(let name) = event { gone.remove(name) }
                check(gone == told, "\(state) \(event) \(action)")
                // Nobody left: it closes, or is about to be built for somebody.
                if next.waiters.isEmpty && next.holders.isEmpty && scopes == 1 && event != .scopeClosed && !before.isEmpty {
                    check(isClosing || isClosingByItself)
                }
                outside.formUnion(told)
                explore(next, outside, scopes, isClosing, isClosingByItself, depth - 1)
            }
        }
        explore(LeaseState(), [1, 2], 0, false, false, 7)
        #expect(visited > 10_000)
    }
}

struct LeaseTests {
    typealias Done = @Sendable (Result<Int, LeaseError>) -> Void

    private final class Fixture: Sendable {
        let runtime: Runtime
        let root: Scope
        let plugin: Scope
        let table: LeaseTable<Int>
        let recorder = Recorder()
        let builds = Lock<[(Scope, Done)]>([])

        init(_ runtime: Runtime = .manual()) throws {
            self.runtime = runtime
            root = Scope.root(runtime)
            plugin = try root.open(.plugin, "p")
            table = LeaseTable(under: plugin)
        }

        func call(_ name: String) throws -> Scope { try root.open(.call, name) }

        /// Acquires; what comes of it is noted under `name`.
        @discardableResult
        func acquire(_ name: String, in scope: Scope, held: (@Sendable (Lease<Int>) -> Void)? = nil) throws -> UInt64 {
            let waiter = try table.acquire(
                "k", in: scope, build: { [self] scope, done in builds.withLock { $0.append((scope, done)) } },
                done: { [self] outcome in
                    switch outcome {
                    case .granted(let lease):
                        recorder.note("\(name) \(lease.value ?? -1)")
                        held?(lease)
                    case .failed(let text): recorder.note("\(name) failed \(text)")
                    case .closed(let reason): recorder.note("\(name) closed \(reason.kind)")
                    }
                })
            settle(runtime)
            return waiter
        }

        /// Ends the build under way.
        func built(_ result: Result<Int, LeaseError>) throws {
            let build = try #require(builds.withLock { $0.popLast() })
            build.1(result)
            settle(runtime)
        }

        func isEmpty() -> Bool {
            eventually {
                table.count == 0 && plugin.counts.children == 0 && plugin.counts.resources == 0
                    && runtime.ledger.gauge("lease") == 0
            }
        }
    }

    @Test func builtOnceHeldByAllClosedWithTheLast() throws {
        let f = try Fixture()
        let (one, two) = (try f.call("one"), try f.call("two"))
        try f.acquire("one", in: one)
        try f.acquire("two", in: two)
        #expect(f.builds.withLock { $0.count } == 1 && f.recorder.all.isEmpty)
        let shared = f.builds.withLock { $0[0].0 }
        #expect(shared.owner === f.plugin)
        try f.built(.success(5))
        #expect(Set(f.recorder.all) == ["one 5", "two 5"])
        try f.acquire("three", in: two)
        #expect(f.recorder.all.last == "three 5")
        #expect(one.closeNow() != nil && shared.isOpen)
        #expect(two.closeNow() != nil)
        #expect(f.isEmpty() && !shared.isOpen)
    }

    @Test func theLastReleaseWaitsForNothing() throws {
        let f = try Fixture()
        let scope = try f.call("c")
        let leases = Lock<[Lease<Int>]>([])
        try f.acquire("c", in: scope) { lease in leases.withLock { $0.append(lease) } }
        let shared = f.builds.withLock { $0[0].0 }
        let stubborn = try shared.adopt("stubborn", cancel: { _ in })
        try f.built(.success(1))
        #expect(scope.closeNow() != nil, "the holder does not wait for what it shared")
        #expect(!shared.isOpen && f.table.count == 1)
        // Somebody else comes meanwhile: built anew, but only when the old one is gone.
        let next = try f.call("next")
        try f.acquire("next", in: next)
        #expect(f.builds.withLock { $0.isEmpty })
        stubborn.finished()
        #expect(eventually { f.builds.withLock { $0.count } == 1 })
        try f.built(.success(2))
        #expect(f.recorder.all == ["c 1", "next 2"])
        #expect(leases.withLock { $0[0].value } == nil)
        #expect(next.closeNow() != nil && f.isEmpty())
    }

    @Test func aCancelledWaiterJustLeaves() throws {
        let f = try Fixture()
        let scope = try f.call("c")
        let first = try f.acquire("first", in: scope)
        try f.acquire("second", in: scope)
        #expect(f.table.cancelWait(first) && !f.table.cancelWait(first))
        try f.built(.success(3))
        #expect(f.recorder.all == ["second 3"])
        #expect(scope.closeNow() != nil && f.isEmpty())
    }

    @Test func theLastWaiterThatLeavesEndsTheBuild() throws {
        let f = try Fixture()
        let scope = try f.call("c")
        try f.acquire("c", in: scope)
        let (shared, done) = f.builds.withLock { $0[0] }
        let build = try shared.adopt("build", cancel: { _ in f.recorder.note("build cancelled") })
        #expect(scope.closeNow(Reason(.disconnected, by: "test")) != nil)
        #expect(eventually { f.recorder.all.sorted() == ["build cancelled", "c closed disconnected"] })
        done(.success(9))  // too late, and of no effect
        build.finished()
        #expect(f.isEmpty())
    }

    @Test func aFailedBuildFailsAllItsWaitersAndLeavesNothing() throws {
        let f = try Fixture()
        let scope = try f.call("c")
        try f.acquire("one", in: scope)
        try f.acquire("two", in: scope)
        try f.built(.failure(LeaseError("no luck")))
        #expect(Set(f.recorder.all) == ["one failed no luck", "two failed no luck"])
        #expect(f.isEmpty() && scope.counts.resources == 0)
        try f.acquire("again", in: scope)
        try f.built(.success(4))
        #expect(f.recorder.all.last == "again 4")
        #expect(scope.closeNow() != nil && f.isEmpty())
    }

    @Test func releasingTwiceCountsOnce() throws {
        let f = try Fixture()
        let scope = try f.call("c")
        let leases = Lock<[Lease<Int>]>([])
        for name in ["one", "two"] { try f.acquire(name, in: scope) { lease in leases.withLock { $0.append(lease) } } }
        try f.built(.success(1))
        let (one, two) = leases.withLock { ($0[0], $0[1]) }
        one.release()
        one.release()
        settle(f.runtime)
        #expect(f.table.count == 1 && two.value == 1)
        two.release()
        #expect(f.isEmpty() && scope.counts.resources == 0)
    }

    @Test func whenThePluginClosesNothingIsLeft() throws {
        let f = try Fixture()
        let scope = try f.call("c")
        let held = Lock<[Lease<Int>]>([])
        try f.acquire("held", in: scope) { lease in held.withLock { $0.append(lease) } }
        try f.built(.success(1))
        #expect(f.plugin.closeNow(Reason(.ownerDied, by: "test")) != nil)
        #expect(eventually { held.withLock { $0[0].value } == nil && scope.counts.resources == 0 })
        try f.acquire("late", in: scope)
        #expect(f.recorder.all.last == "late closed ownerDied")
        #expect(f.isEmpty())
    }

    @Test func waitersLearnThatThePluginCloses() throws {
        let f = try Fixture()
        let scope = try f.call("c")
        try f.acquire("c", in: scope)
        #expect(f.plugin.closeNow(Reason(.unloaded, by: "test")) != nil)
        #expect(eventually { f.recorder.all == ["c closed unloaded"] })
        #expect(f.isEmpty())
    }

    @Test func aClosedHolderIsRefused() throws {
        let f = try Fixture()
        let scope = try f.call("c")
        scope.close(Reason(.cancelled, by: "test"))
        expectClosed { try f.acquire("c", in: scope) }
        #expect(f.isEmpty())
    }

    /// S9: what abandoned work may still use stays, and closes when that has ended.
    @Test func abandonedWorkKeepsItsLease() throws {
        let f = try Fixture()
        let scope = try f.call("c")
        try f.acquire("c", in: scope)
        let shared = f.builds.withLock { $0[0].0 }
        try f.built(.success(1))
        let stubborn = try scope.adopt("stubborn", cancel: { _ in })
        let gate = Gate()
        scope.close(Reason(.cancelled, by: "test"), limits: .call) { _ in gate.open() }
        settle(f.runtime)
        f.runtime.advance(by: CloseLimits.call.hard)
        #expect(gate.wait() && shared.isOpen)
        stubborn.finished()
        #expect(f.isEmpty() && !shared.isOpen)
    }

    /// Many threads acquire, cancel, release and close; never are there two of one key, and in the end there is none.
    @Test func manyThreadsShareOne() throws {
        let seed = testSeed()
        print("manyThreadsShareOne: seed \(seed)")
        let f = try Fixture(Runtime())
        defer { f.runtime.stop() }
        let workers = ThreadExecutor(name: "holders", threads: 4)
        defer { workers.stop() }
        let alive = Atomic<Int>(0)
        let told = Atomic<Int>(0)
        let rounds = 400
        let all = Gate()
        for round in 0..<rounds {
            workers.post {
                var dice = Dice(state: seed &+ UInt64(round))
                guard let scope = try? f.root.open(.call) else { return }
                let (fails, closesEarly, cancels) = (dice.roll(8) == 0, dice.roll(3) == 0, dice.roll(4) == 0)
                let once = Atomic<Int>(0)
                let outcome: @Sendable () -> Void = {
                    #expect(once.wrappingAdd(1, ordering: .relaxed).newValue == 1)
                    if told.wrappingAdd(1, ordering: .relaxed).newValue == rounds { all.open() }
                }
                let waiter = try? f.table.acquire(
                    "k\(dice.roll(2))", in: scope,
                    build: { shared, done in
                        if fails { return done(.failure(LeaseError("dice"))) }
                        // Counted only where it was built: its scope may have closed before this ran, and the next be built.
                        if (try? shared.onClose(.free, "count", { _ in alive.wrappingSubtract(1, ordering: .relaxed) })) != nil {
                            #expect(alive.wrappingAdd(1, ordering: .relaxed).newValue <= 2, "two keys, one of each")
                        }
                        done(.success(1))
                    },
                    done: { result in
                        outcome()
                        if case .granted(let lease) = result { lease.release() }
                        scope.close(Reason(.completed, by: "test"))
                    })
                if closesEarly { scope.close(Reason(.cancelled, by: "test")) }
                if let waiter, cancels, f.table.cancelWait(waiter) {
                    outcome()
                    scope.close(Reason(.cancelled, by: "test"))
                }
            }
        }
        #expect(all.wait(seconds: 30), "seed \(seed): \(told.load(ordering: .relaxed)) of \(rounds) told")
        #expect(f.root.closeNow() != nil)
        #expect(eventually { alive.load(ordering: .relaxed) == 0 && f.table.count == 0 }, "seed \(seed)")
        #expect(f.runtime.ledger.totals().allSatisfy { $0.live == 0 || $0.name == "scope" })
    }
}
