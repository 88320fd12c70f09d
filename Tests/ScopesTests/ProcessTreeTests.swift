import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Scopes

/// Programs that leave descendants behind, and hosts that stop them at any moment.
struct ProcessTreeTests {
    private let base = ProcessTests()

    /// Reads until a whole line is there.
    private func line(_ process: Process) -> String {
        let gate = Gate()
        let collected = Lock<[UInt8]>([])
        @Sendable func next() {
            _ = process.read { chunk in
                guard let chunk else { return gate.open() }
                let complete = collected.withLock { bytes in
                    bytes += chunk.bytes
                    return bytes.contains(UInt8(ascii: "\n"))
                }
                if complete { gate.open() } else { next() }
            }
        }
        next()
        #expect(gate.wait())
        let bytes = collected.withLock { $0 }
        return String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }

    private func isGone(_ pid: Int32) -> Bool { kill(pid, 0) != 0 && errno == ESRCH }

    /// Row `leader-exits-descendant-ignores-term`.
    @Test func leaderExitsWhileADescendantIgnoresTerm() throws {
        try base.inTree { _, root in
            let script = "trap '' TERM; sleep 60 & echo $!; exit 5"
            let process = try base.start(["sh", "-c", script], in: root)
            let descendant = try #require(Int32(line(process)))
            let info = base.exit(process)
            #expect(info?.exitCode == 5 && info?.signal == 0 && info?.stopped == false)
            #expect(isGone(descendant))
        }
    }

    /// Row `descendant-in-own-session-is-reaped`.
    @Test func aDoubleForkedDescendantInItsOwnSessionIsGone() throws {
        try base.inTree { _, root in
            let script = "setsid sh -c 'trap \"\" TERM HUP; (sleep 60 & echo $!) & ' ; sleep 60"
            let process = try base.start(["sh", "-c", script], in: root)
            let descendant = try #require(Int32(line(process)))
            process.stop(grace: 50_000_000)
            #expect(base.exit(process)?.stopped == true)
            #expect(isGone(descendant))
        }
    }

    /// Row `pipes-held-by-grandchild`: the exit event comes when the grace is over, not when the grandchild thinks fit.
    @Test func pipesHeldByAGrandchild() throws {
        try base.inTree { _, root in
            let process = try base.start(["sh", "-c", "trap '' TERM; (sleep 60; echo late) & echo early"], in: root)
            #expect(base.output(process) == "early\n")
            let info = base.exit(process)
            #expect(info?.exitCode == 0 && info?.outputHeld == false)
        }
    }

    /// Its output is held, and written to, by a process that is not its descendant: what is in the pipe is read, and no more is waited for.
    @Test func outputHeldOutsideTheTreeDelaysNothing() throws {
        try base.inTree { runtime, root in
            let process = try base.start(["sh", "-c", "echo here; read line"], in: root) {
                $0.keepInput = true
                $0.outputCapacity = 64 << 20
            }
            #expect(line(process) == "here")
            #expect(eventually { process.info.pid > 0 })
            let outside = open("/proc/\(process.info.pid)/fd/1", O_WRONLY | O_NONBLOCK)
            try #require(outside >= 0)
            let stop = Atomic<Bool>(false)
            let stopped = Gate()
            let writer = ThreadExecutor(name: "stranger", threads: 1)
            writer.post {
                let bytes = [UInt8](repeating: 46, count: 4096)
                while !stop.load(ordering: .relaxed) { if write(outside, bytes, bytes.count) < 0 { sched_yield() } }
                stopped.open()
            }
            process.closeInput()
            let info = base.exit(process)
            #expect(info != nil && info?.outputHeld == true)
            #expect(runtime.ledger.counters().contains { $0 == ("processes.output-held", 1) })
            stop.store(true, ordering: .relaxed)
            #expect(stopped.wait())
            writer.stop()
            close(outside)
        }
    }

    /// Row `pgid-known-after-leader-reaped`: the leader is long gone, and stop still finds what it left.
    @Test func stopAfterTheLeaderWasReaped() throws {
        try base.inTree { _, root in
            let script = "trap '' TERM; sleep 60 & echo $!; exit 0"
            let process = try base.start(["sh", "-c", script], in: root) { $0.grace = 3_600_000_000_000 }
            let descendant = try #require(Int32(line(process)))
            #expect(eventually { process.info.state == .exited })
            #expect(kill(descendant, 0) == 0)
            process.stop(grace: 0)
            let info = base.exit(process)
            #expect(info?.exitCode == 0 && isGone(descendant))
            // And once more, when nothing is left.
            process.stop()
        }
    }

    /// Row `stop-while-starting`: at any moment between the call and the running program, by stop or by the end of the scope; one exit
    /// event each, and nothing is left.
    @Test func stopWhileStarting() throws {
        let seed = testSeed()
        print("stopWhileStarting: seed \(seed)")
        var dice = Dice(state: seed)
        try base.inTree { runtime, root in
            for round in 0..<80 {
                let scope = try root.open(.call)
                let process = try base.start(["sh", "-c", "trap '' TERM; (setsid sleep 60 &); sleep 60"], in: scope) {
                    $0.grace = 20_000_000
                }
                let exits = Atomic<Int>(0)
                process.whenExited { _ in exits.wrappingAdd(1, ordering: .relaxed) }
                let waiting = Gate()
                let byStop = dice.roll(2) == 0
                runtime.timers.schedule(after: Int64(dice.roll(4_000_000)), on: runtime.executor) {
                    if byStop { process.stop() } else { scope.close(Reason(.cancelled, by: "test")) }
                    waiting.open()
                }
                #expect(waiting.wait())
                #expect(base.exit(process) != nil, "seed \(seed), round \(round)")
                #expect(scope.closeNow()?.isClean == true, "seed \(seed), round \(round)")
                #expect(eventually { exits.load(ordering: .relaxed) == 1 })
                let pid = process.info.pid
                #expect(pid == 0 || isGone(pid), "seed \(seed), round \(round)")
            }
        }
    }

    /// Row `cancel-reaches-child-process`: it is told, may say goodbye, and is gone.
    @Test func cancelReachesTheChildProcess() throws {
        try base.inTree { _, root in
            let scope = try root.open(.call)
            let process = try base.start(["sh", "-c", "trap 'echo bye; exit 3' TERM; echo ready; sleep 60 & wait"], in: scope)
            #expect(line(process) == "ready")
            scope.close(Reason(.cancelled, by: "test"))
            #expect(base.output(process) == "bye\n")
            let info = base.exit(process)
            #expect(info?.stopped == true && info?.exitCode == 3)
        }
    }
}
