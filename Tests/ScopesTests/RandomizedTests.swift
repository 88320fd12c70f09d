import Glibc
import Testing

@testable import Scopes

/// Many threads do what they like with one tree; afterwards the books must balance (S1 to S15).
///
/// AMBIT_SEED repeats a run as far as threads can be repeated; AMBIT_SOAK=1 makes many and long ones.
@Suite(.serialized) struct RandomizedTests {
    private static let isSoak = getenv("AMBIT_SOAK").map { String(cString: $0) == "1" } ?? false
    private static let runs = isSoak ? 200 : 6
    private static let rounds = isSoak ? 1_500 : 500

    @Test(arguments: 0..<runs) func booksBalance(run: Int) throws {
        let seed = testSeed()
        print("booksBalance: seed \(seed), run \(run) (AMBIT_SEED repeats it)")
        let runtime = Runtime()
        defer { runtime.stop() }
        let world = RandomWorld(runtime, clock: "machine", blocksSharedPool: run % 3 == 0)
        let threads = 4
        let done = Gate()
        let pools = (0..<threads).map { BlockingPool(name: "dice\($0)", threads: 1) }
        defer { for pool in pools { pool.stop() } }
        for index in 0..<threads {
            let seed = seed &+ UInt64(run * 1_000 + index)
            _ = pools[index].submit {
                world.play(Dice(state: seed), rounds: Self.rounds)
                done.open()
            }
        }
        for _ in 0..<threads { #expect(done.wait(seconds: 120)) }
        let gate = Gate()
        world.close(world.root, Reason(.shutdown, by: "test"), CloseLimits(soft: 200_000_000, hard: 600_000_000)) { gate.open() }
        try #require(gate.wait(seconds: 60), "the root did not close:\n\(world.root.dumpText())")
        world.settleAll()
        // A machine with a lot to do is late; what waits for something that never comes is later.
        world.check(slack: 5_000_000_000)
    }

    /// The same with a clock that moves only when nobody has anything to do: every close keeps its deadline to the nanosecond.
    @Test(arguments: 0..<(isSoak ? 100 : 8)) func deadlinesAreKept(run: Int) throws {
        let seed = testSeed() &+ UInt64(run)
        print("deadlinesAreKept: seed \(seed) (AMBIT_SEED repeats it)")
        let runtime = Runtime.manual()
        defer { runtime.stop() }
        let world = RandomWorld(runtime, clock: "manual", blocksSharedPool: false)
        var dice = Dice(state: seed)
        for _ in 0..<(Self.isSoak ? 400 : 120) {
            world.play(Dice(state: dice.next()), rounds: 4)
            world.settleAll()
            if dice.roll(3) == 0 {
                runtime.advance(by: 500_000)
                world.settleAll()
            }
        }
        let closed = Lock(false)
        world.close(world.root, Reason(.shutdown, by: "test"), CloseLimits(soft: 200_000_000, hard: 600_000_000)) {
            closed.withLock { $0 = true }
        }
        world.settleAll()
        for _ in 0..<700 where !closed.withLock({ $0 }) {
            runtime.advance(by: 1_000_000)
            world.settleAll()
        }
        #expect(closed.withLock { $0 }, "the root did not close:\n\(world.root.dumpText())")
        // What is freed after the deadline has a millisecond each (S8), and the clock moves in steps of one.
        world.check(slack: 60_000_000)
    }
}
