import Testing

@testable import Scopes

/// S5, S7: clean-up that needs resources gets a scope of its own, bounded by the reserve.
@Suite struct CleanupTests {
    private let cancelled = Reason(.cancelled, by: "test")

    private final class Outcome: Sendable {
        let gate = Gate()
        let report = Lock<Report?>(nil)
    }

    private func start(_ scope: Scope, _ limits: CloseLimits? = nil) -> Outcome {
        let outcome = Outcome()
        scope.close(cancelled, limits: limits) { result in
            outcome.report.withLock { $0 = result }
            outcome.gate.open()
        }
        return outcome
    }

    @Test func aFinalizerOpensOneAndTheCloseWaits() throws {
        let runtime = Runtime.manual()
        let recorder = Recorder()
        let root = Scope.root(runtime)
        let call = try root.open(.call, "c")
        let work = Lock<(Scope, TaskEntry)?>(nil)
        try call.onClose(.free, "first") { _ in recorder.note("first") }
        try call.onClose(.free, "goodbye") { _ in
            expectClosed { try call.open(.custom) }
            do {
                let scope = try call.cleanup("goodbye")
                let entry = try scope.adopt("say it", cancel: { _ in recorder.note("cut short") })
                try scope.onClose(.free, "said") { _ in recorder.note("said") }
                work.withLock { $0 = (scope, entry) }
            } catch { Issue.record(error) }
        }
        let gate = Gate()
        call.close(cancelled) { _ in gate.open() }
        settle(runtime)
        #expect(recorder.all == [] && call.counts.children == 1)
        let (scope, entry) = try #require(work.withLock { $0 })
        #expect(scope.path == "server/call c/cleanup goodbye")
        entry.finished()
        scope.close(Reason(.completed, by: "test"))
        #expect(gate.wait())
        #expect(recorder.all == ["said", "first"])
        #expect(runtime.now == 1_000_000_000, "without any deadline")
        #expect(root.closeNow() != nil)
        #expect(runtime.ledger.totals().allSatisfy { $0.live == 0 && $0.abandoned == 0 })
    }

    /// Whoever forgets it, or whose work hangs, costs what is left of the reserve and no more.
    @Test(arguments: [false, true]) func itEndsWithinTheHardDeadline(hangs: Bool) throws {
        let runtime = Runtime.manual()
        let recorder = Recorder()
        let root = Scope.root(runtime)
        let call = try root.open(.call, "c")
        try call.onClose(.free, "first") { _ in recorder.note("first") }
        try call.onClose(.free, "opens") { _ in
            do {
                let scope = try call.cleanup("slow")
                let box = Lock<TaskEntry?>(nil)
                let entry = try scope.adopt("work") { reason in
                    recorder.note("cancel: \(reason.kind)")
                    if !hangs { box.withLock { $0 }?.finished() }
                }
                box.withLock { $0 = entry }
            } catch { Issue.record(error) }
        }
        let limits = CloseLimits(soft: 2_000_000_000, hard: 5_000_000_000)
        let outcome = start(call, limits)
        settle(runtime)
        runtime.advance(by: 4_700_000_000)
        settle(runtime)
        #expect(recorder.all == [], "the reserve is one second, three quarters of it are the cleanup's")
        for _ in 0..<6 {
            runtime.advance(by: 50_000_000)
            settle(runtime)
        }
        #expect(outcome.gate.wait() && outcome.report.withLock { $0?.durationNanoseconds ?? .max } <= limits.hard)
        #expect(recorder.all == ["cancel: deadline", "first"])
        #expect(runtime.ledger.totals().first { $0.name == "task" }?.abandoned == (hangs ? 1 : 0))
    }

    @Test func aShorterDeadlineFromAboveCountsForCleanupsToo() throws {
        let runtime = Runtime.manual()
        let root = Scope.root(runtime)
        let session = try root.open(.session, "s")
        let entered = Gate()
        try session.onClose(.free, "opens") { _ in
            _ = try? session.cleanup("forgotten")
            entered.open()
        }
        session.close(cancelled)
        settle(runtime)
        #expect(entered.wait() && session.counts.children == 1)
        let outcome = start(root, CloseLimits(soft: 100_000_000, hard: 400_000_000))
        settle(runtime)
        for _ in 0..<10 {
            runtime.advance(by: 40_000_000)
            settle(runtime)
        }
        #expect(outcome.gate.wait())
    }

    @Test func noneWhenItIsOverNorForWhatCleansUp() throws {
        let runtime = Runtime.manual()
        let root = Scope.root(runtime)
        let call = try root.open(.call, "c")
        let inner = Lock<Scope?>(nil)
        try call.onClose(.free, "opens") { _ in
            guard let scope = try? call.cleanup() else {
                Issue.record("refused")
                return
            }
            inner.withLock { $0 = scope }
            try? _ = scope.onClose(.free, "again", { _ in expectClosed { try scope.cleanup() } })
            // What is in it may have scopes of its own.
            guard let below = try? scope.open(.custom) else {
                Issue.record("refused below")
                return
            }
            scope.close(cancelled)
            expectClosed { try below.cleanup() }
        }
        #expect(call.closeNow(cancelled) != nil)
        expectClosed { try call.cleanup() }
        expectClosed { try inner.withLock { $0 }!.cleanup() }
        // In an open scope it is a child as any other.
        let open = try root.cleanup("early")
        #expect(open.isOpen && root.closeNow() != nil && !open.isOpen)
        #expect(runtime.ledger.totals().allSatisfy { $0.live == 0 })
    }
}
