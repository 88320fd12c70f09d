import Testing

@testable import Scopes

struct CloseTests {
    private let completed = Reason(.completed, by: "test")
    private let cancelled = Reason(.cancelled, by: "test")

    private func task(_ scope: Scope, _ name: String, _ recorder: Recorder, atEnd: AtEnd = .cancel) throws -> TaskEntry {
        let box = Lock<TaskEntry?>(nil)
        let entry = try scope.adopt(name, atEnd: atEnd) { _ in
            recorder.note("cancel \(name)")
            box.withLock { $0 }?.finished()
        }
        box.withLock { $0 = entry }
        return entry
    }

    @Test func emptyScopeClosesAtOnceAndLeavesNoTrace() throws {
        let runtime = Runtime.manual()
        let root = Scope.root(runtime)
        let child = try root.open(.call)
        #expect(root.counts.children == 1)
        let report = child.closeNow()
        #expect(report?.reason.kind == .completed)
        #expect(root.counts.children == 0)
        #expect(runtime.ledger.gauge("scope") == 1)
    }

    /// S6: children first, then reverse order of acquisition; tasks are cancelled before anything is freed.
    @Test func orderOfRelease() throws {
        let runtime = Runtime.manual()
        let recorder = Recorder()
        let root = Scope.root(runtime)
        let child = try root.open(.call, "inner")
        try root.onClose(.free, "f1") { _ in recorder.note("free f1") }
        _ = try task(root, "t1", recorder)
        try root.onClose(.free, "f2") { _ in recorder.note("free f2") }
        _ = try task(child, "t2", recorder)
        try child.onClose(.free, "f3") { _ in recorder.note("free f3") }
        try child.onClose(.drain, "d1") { _ in recorder.note("drain d1") }
        let report = root.closeNow(completed)
        #expect(recorder.all == ["drain d1", "cancel t2", "cancel t1", "free f3", "free f2", "free f1"])
        #expect(report?.released == 6 && report?.isClean == true)
        #expect(runtime.ledger.totals().allSatisfy { $0.live == 0 })
    }

    @Test func drainIsSkippedWhenTheEndIsNotNormal() throws {
        let recorder = Recorder()
        let root = Scope.root(.manual())
        try root.onClose(.drain, "d") { _ in recorder.note("drain") }
        try root.onClose(.free, "f") { _ in recorder.note("free") }
        _ = try task(root, "t", recorder, atEnd: .finish)
        #expect(root.closeNow(cancelled) != nil)
        #expect(recorder.all == ["cancel t", "free"])
    }

    /// S10.
    @Test func finishTasksAreDrainedUntilTheDeadline() throws {
        let runtime = Runtime.manual()
        let recorder = Recorder()
        let root = Scope.root(runtime)
        let quick = try task(root, "quick", recorder, atEnd: .finish)
        _ = try task(root, "slow", recorder, atEnd: .finish)
        let gate = Gate()
        root.close(completed, limits: .call) { _ in gate.open() }
        #expect(recorder.all == [])
        quick.finished()
        settle(runtime)
        #expect(recorder.all == [])
        runtime.advance(by: CloseLimits.call.soft)
        #expect(gate.wait())
        #expect(recorder.all == ["cancel slow"])
    }

    /// S9: what ignores its cancellation is named and given up before the hard deadline.
    @Test func unstoppableTasksAreAbandonedAndNamed() throws {
        let runtime = Runtime.manual()
        let root = Scope.root(runtime)
        let plugin = try root.open(.plugin, "stubborn#1")
        let entry = try plugin.adopt("worker", cancel: { _ in })
        let told = Lock<Abandonment?>(nil)
        let gate = Gate()
        runtime.onAbandon { abandonments in
            told.withLock { $0 = abandonments.first }
            gate.open()
        }
        let closed = Gate()
        let report = Lock<Report?>(nil)
        plugin.close(cancelled, limits: .call) { result in
            report.withLock { $0 = result }
            closed.open()
        }
        settle(runtime)
        runtime.advance(by: CloseLimits.call.soft)
        settle(runtime)
        #expect(report.withLock { $0 == nil })
        runtime.advance(by: CloseLimits.call.hard - CloseLimits.call.soft)
        #expect(closed.wait() && gate.wait())
        #expect(report.withLock { $0?.abandoned } == 1)
        #expect(told.withLock { $0?.plugin } == "stubborn#1" && told.withLock { $0?.label } == "worker")
        #expect(runtime.ledger.gauge("task") == 0)
        entry.finished()
        #expect(runtime.ledger.counters().contains { $0 == ("abandoned.ended", 1) })
    }

    /// S8: one that fails does not keep the others from running; failures are in the report.
    @Test func everyReleaseRuns() throws {
        let recorder = Recorder()
        let root = Scope.root(.manual())
        try root.onClose(.free, "good") { _ in recorder.note("good") }
        try root.onClose(.free, "bad", pending: { _, finalizer in finalizer.finished(failure: "no disk") })
        let report = root.closeNow()
        #expect(recorder.all == ["good"] && report?.failed == 1)
        #expect(report?.details == ["finalizer bad failed: no disk"])
    }

    /// S7: a finalizer that never ends costs its budget, no more, and the others run.
    @Test func aHangingFinalizerIsGivenUpWithinItsBudget() throws {
        let runtime = Runtime.manual()
        let recorder = Recorder()
        let root = Scope.root(runtime)
        try root.onClose(.free, "first") { _ in recorder.note("first") }
        try root.onClose(.free, "hangs", pending: { _, _ in recorder.note("hangs") })
        let gate = Gate()
        root.close(completed) { _ in gate.open() }
        settle(runtime)
        #expect(recorder.all == ["hangs"])
        runtime.advance(by: 1_000_000_000)
        #expect(gate.wait())
        #expect(recorder.all == ["hangs", "first"])
    }

    /// S5.
    @Test func aClosingScopeRefusesEverything() throws {
        let runtime = Runtime.manual()
        let root = Scope.root(runtime)
        let child = try root.open(.custom, "child")
        let entry = try root.adopt("holds it open", cancel: { _ in })
        root.close(cancelled)
        for scope in [root, child] {
            expectClosed { try scope.open(.call) }
            expectClosed { try scope.adopt("late", cancel: { _ in }) }
            expectClosed { try scope.onClose(.free, "late") { _ in } }
            expectClosed { try scope.spawn("late") {} }
        }
        entry.finished()
        #expect(root.closeNow() != nil)
        #expect(runtime.ledger.totals().allSatisfy { $0.live == 0 })
    }

    /// S4: a commit that meets a closing scope undoes the acquisition, and the close waits for the slot.
    @Test func commitToAClosingScopeReleasesBeforeItThrows() throws {
        final class Acquired: Resource, @unchecked Sendable {  // constants only; no lock needed
            let recorder: Recorder
            init(_ recorder: Recorder) {
                self.recorder = recorder
                super.init(.process)
            }
            override func release(_ reason: Reason) { recorder.note("released: \(reason.kind)") }
        }
        let runtime = Runtime.manual()
        let recorder = Recorder()
        let root = Scope.root(runtime)
        let resource = Acquired(recorder)
        try root.reserve(resource)
        let gate = Gate()
        root.close(cancelled) { _ in gate.open() }
        settle(runtime)
        if case .closing = root.state {} else { Issue.record("closed over a reserved slot") }
        expectClosed { try resource.commit() }
        #expect(recorder.all == ["released: cancelled"])
        #expect(gate.wait())
        #expect(runtime.ledger.gauge("process") == 0)
    }

    /// A slot of a kind that is freed last is awaited where it would be freed: after the children, which may have to end first.
    @Test func aReservedSlotThatIsFreedLastWaitsForTheChildren() throws {
        let runtime = Runtime.manual()
        let root = Scope.root(runtime)
        let slot = Resource(.finalizer)
        try root.reserve(slot)
        let child = try root.open(.plugin)
        child.whenClosed { _ in slot.ended() }
        let entry = try child.adopt("t", cancel: { _ in })
        let gate = Gate()
        root.close(cancelled) { _ in gate.open() }
        settle(runtime)
        entry.finished()
        #expect(gate.wait(), "closed without any deadline having passed")
        #expect(runtime.ledger.totals().allSatisfy { $0.live == 0 && $0.abandoned == 0 })
    }

    @Test func withdrawGivesTheSlotBackWithoutRelease() throws {
        let runtime = Runtime.manual()
        let root = Scope.root(runtime)
        let timer = Resource(.timer)
        try root.reserve(timer)
        timer.withdraw()
        #expect(root.counts.resources == 0 && runtime.ledger.gauge("timer") == 0)
    }

    /// S2: first reason wins, later ones are listed; every caller learns the end.
    @Test func laterReasonsAreListed() throws {
        let runtime = Runtime.manual()
        let root = Scope.root(runtime)
        let entry = try root.adopt("t", cancel: { _ in })
        let gate = Gate()
        let reports = Lock<[Report]>([])
        for kind in [Reason.Kind.idle, .disconnected, .shutdown] {
            root.close(Reason(kind, by: "test")) { report in
                reports.withLock { $0.append(report) }
                gate.open()
            }
        }
        entry.finished()
        for _ in 0..<3 { #expect(gate.wait()) }
        let all = reports.withLock { $0 }
        #expect(all.count == 3 && all.allSatisfy { $0.reason.kind == .idle })
        #expect(all[0].laterReasons.map(\.kind) == [.disconnected, .shutdown])
    }

    /// S2: a close from inside the subtree that closes starts it and does not wait for itself.
    @Test func closeFromInsideDoesNotDeadlock() async throws {
        let runtime = Runtime.manual()
        let root = Scope.root(runtime)
        let child = try root.open(.call)
        let gate = Gate()
        let outcome = Lock<String>("")
        _ = try child.spawn("closer") {
            let result = await root.closeAndWait(Reason(.completed, by: "inside"))
            outcome.withLock { if case .closing = result { $0 = "closing" } else { $0 = "closed" } }
        }
        root.whenClosed { _ in gate.open() }
        #expect(gate.wait())
        #expect(outcome.withLock { $0 } == "closing")
    }

    @Test func aWaiterThatIsCancelledStopsWaiting() async throws {
        let root = Scope.root(.manual())
        let entry = try root.adopt("t", cancel: { _ in })
        let waiter = Task { await root.closeAndWait(Reason(.cancelled, by: "test")) }
        waiter.cancel()
        if case .closed = await waiter.value { Issue.record("it was not closed") }
        entry.finished()
        #expect(root.closeNow() != nil)
    }

    /// S12: ends with the first of two owners; the other is not touched.
    @Test(arguments: [true, false]) func twoOwners(sessionFirst: Bool) throws {
        let runtime = Runtime.manual()
        let recorder = Recorder()
        let root = Scope.root(runtime)
        let session = try root.open(.session, "s")
        let plugin = try root.open(.plugin, "p")
        let use = try session.open(.use, "p", alsoOwnedBy: plugin)
        try use.onClose(.free, "f") { _ in recorder.note("freed") }
        #expect(session.counts.children == 1 && plugin.counts.children == 1)
        let (first, other) = sessionFirst ? (session, plugin) : (plugin, session)
        #expect(first.closeNow(cancelled) != nil)
        #expect(recorder.all == ["freed"] && other.isOpen && other.counts.children == 0)
        expectClosed { try other.open(.use, "again", alsoOwnedBy: first) }
        #expect(other.counts.children == 0)
        #expect(root.closeNow() != nil)
        #expect(runtime.ledger.totals().allSatisfy { $0.live == 0 })
    }

    /// S12: the second owner that closes waits for the shared child, and may shorten its deadlines.
    @Test func secondOwnerJoinsARunningCloseAndShortensIt() throws {
        let runtime = Runtime.manual()
        let root = Scope.root(runtime)
        let session = try root.open(.session, "s")
        let plugin = try root.open(.plugin, "p")
        let use = try session.open(.use, "p", alsoOwnedBy: plugin)
        _ = try use.adopt("stubborn", cancel: { _ in })
        let sessionClosed = Gate()
        let pluginClosed = Gate()
        let order = Recorder()
        session.close(cancelled, limits: CloseLimits(soft: 100_000_000_000, hard: 200_000_000_000)) { _ in
            order.note("session")
            sessionClosed.open()
        }
        plugin.close(cancelled, limits: .call) { _ in
            order.note("plugin")
            pluginClosed.open()
        }
        settle(runtime)
        #expect(order.all == [])
        runtime.advance(by: CloseLimits.call.hard)
        #expect(pluginClosed.wait() && sessionClosed.wait())
        #expect(root.closeNow() != nil)
        #expect(runtime.ledger.totals().allSatisfy { $0.live == 0 })
    }

    /// A server close over a session that closes already: joined, not driven twice.
    @Test func anOuterCloseJoinsAnInnerOne() throws {
        let runtime = Runtime.manual()
        let recorder = Recorder()
        let root = Scope.root(runtime)
        let session = try root.open(.session, "s")
        let entry = try task(session, "t", recorder)
        let holds = try session.adopt("holds", cancel: { _ in })
        try session.onClose(.free, "f") { _ in recorder.note("free session") }
        try root.onClose(.free, "r") { _ in recorder.note("free root") }
        session.close(cancelled)
        let gate = Gate()
        root.close(Reason(.shutdown, by: "test")) { _ in gate.open() }
        settle(runtime)
        #expect(recorder.all == ["cancel t"])
        holds.finished()
        #expect(gate.wait())
        #expect(recorder.all == ["cancel t", "free session", "free root"])
        _ = entry
    }

    @Test func closedChildrenLeaveNothingInALongLivedParent() throws {
        let runtime = Runtime.manual()
        let root = Scope.root(runtime)
        for _ in 0..<10_000 {
            let child = try root.open(.call)
            try child.onClose(.free, "f") { _ in }
            child.close(completed)
        }
        #expect(
            root.counts.children == 0 && runtime.ledger.gauge("scope") == 1 && runtime.ledger.gauge("finalizer") == 0)
    }
}
