import Glibc
import Testing

@testable import Scopes

/// Many threads do what they like with one tree; afterwards the books must balance.
struct RandomizedTests {
    /// SplitMix64.
    struct Dice: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
        mutating func roll(_ sides: Int) -> Int { Int(next() % UInt64(sides)) }
    }

    /// What one committed resource saw.
    final class Probe: Resource, @unchecked Sendable {  // counters have locks of their own
        let released = Lock(0)
        let mode: Int
        let executor: ThreadExecutor
        init(mode: Int, executor: ThreadExecutor) {
            self.mode = mode
            self.executor = executor
            super.init(mode % 2 == 0 ? .task : .finalizer)
        }
        override func release(_ reason: Reason) { released.withLock { $0 += 1 } }
        override func cancel(_ reason: Reason) {
            switch mode {
            case 0: super.cancel(reason)
            case 2: executor.post { self.end(reason) }
            default: break  // abandoned
            }
        }
        override func free(_ reason: Reason) {
            if mode == 1 { super.free(reason) } else { executor.post { self.end(reason) } }
        }
        let givenUp = Lock(0)
        override func abandoned(_ reason: Reason) { givenUp.withLock { $0 += 1 } }
        private func end(_ reason: Reason) {
            release(reason)
            ended(failure: mode == 3 ? "on purpose" : nil)
        }
    }

    final class World: Sendable {
        let scopes: Lock<[Scope]>
        let probes = Lock<[Probe]>([])
        let reports = Lock<[Report]>([])
        init(_ root: Scope) { scopes = Lock([root]) }
    }

    @Test(arguments: 0..<6) func booksBalance(run: Int) throws {
        let seed = getenv("AMBIT_SEED").flatMap { UInt64(String(cString: $0)) } ?? UInt64(Monotonic.unixNow())
        print("seed \(seed), run \(run) (AMBIT_SEED repeats it)")
        let runtime = Runtime()
        defer { runtime.stop() }
        let plugin = ThreadExecutor(name: "plugin", threads: 2)
        defer { plugin.stop() }
        let root = Scope.root(runtime)
        let world = World(root)
        let threads = 4
        let done = Gate()
        for index in 0..<threads {
            let seed = seed &+ UInt64(run * 1_000 + index)
            let thread = BlockingPool(name: "dice\(index)", threads: 1)
            _ = thread.submit {
                Self.play(world, root, plugin, Dice(state: seed), rounds: 400)
                done.open()
            }
        }
        for _ in 0..<threads { #expect(done.wait(seconds: 60)) }
        let report = try #require(
            root.closeNow(
                Reason(.shutdown, by: "test"), limits: CloseLimits(soft: 200_000_000, hard: 600_000_000)),
            "the root did not close:\n\(root.dumpText())")
        _ = report
        settle(runtime)
        plugin.stop()
        settle(runtime)
        for scope in world.scopes.withLock({ $0 }) {
            if case .closed = scope.state {} else { Issue.record("\(scope.path) is still \(scope.state)") }
            #expect(scope.counts == (0, 0))
        }
        for probe in world.probes.withLock({ $0 }) {
            // Given up: it may still have ended late, as the deadlines here are tiny.
            let (released, givenUp) = (probe.released.withLock { $0 }, probe.givenUp.withLock { $0 })
            #expect(givenUp == 0 ? released == 1 : givenUp == 1 && released <= 1)
        }
        for totals in runtime.ledger.totals() { #expect(totals.live == 0, "\(totals)") }
    }

    static func play(_ world: World, _ root: Scope, _ plugin: ThreadExecutor, _ start: Dice, rounds: Int) {
        var dice = start
        let tiny = CloseLimits(soft: 5_000_000, hard: 20_000_000)
        func pick() -> Scope { world.scopes.withLock { $0.randomElement(using: &dice) ?? root } }
        for _ in 0..<rounds {
            let scope = pick()
            switch dice.roll(12) {
            case 0, 1, 2:
                let other = dice.roll(3) == 0 ? pick() : nil
                // A second owner must not be below the first, else the tree would have a circle.
                let second = other.flatMap { other in
                    other !== scope && !other.isInside(scope) && !scope.isInside(other) ? other : nil
                }
                if let child = try? scope.open(.custom, "c", alsoOwnedBy: second, limits: tiny) {
                    world.scopes.withLock { $0.append(child) }
                }
            case 3, 4, 5, 6:
                let mode = dice.roll(100) == 0 ? 4 : dice.roll(4)
                let probe = Probe(mode: mode, executor: plugin)
                guard (try? scope.reserve(probe)) != nil else { continue }
                if dice.roll(4) == 0 { sched_yield() }
                if dice.roll(8) == 0 { probe.withdraw(); continue }
                // Committed or undone: released once either way.
                world.probes.withLock { $0.append(probe) }
                try? probe.commit()
            case 7:
                _ = try? scope.spawn("t", atEnd: dice.roll(2) == 0 ? .cancel : .finish, on: plugin) {
                    await Task.yield()
                }
            case 8:
                _ = try? scope.timer(
                    "tick", after: Int64(dice.roll(2_000_000)), every: Int64(dice.roll(2) * 500_000), on: plugin
                ) { _ in }
            case 9:
                let channel = Channel<Int>(capacity: 2, overflow: .wait)
                guard (try? scope.add(channel)) != nil else { continue }
                channel.receive { _ in }
                for value in 0..<4 { _ = channel.send(value, done: { _ in }) }
                if dice.roll(2) == 0 { channel.finish() }
            case 10 where scope !== root:
                let kind = Reason.Kind(raw: Int32(dice.roll(10)))
                scope.close(Reason(kind, by: "dice"), limits: tiny) { report in
                    world.reports.withLock { $0.append(report) }
                }
            case 11 where scope !== root:
                // From inside: starts it, does not wait for itself.
                _ = try? scope.spawn("inside", on: plugin) {
                    _ = await scope.closeAndWait(Reason(.completed, by: "inside"))
                }
            default: continue
            }
        }
    }
}
