import Testing

@testable import Scopes

/// S9: while something that was given up still runs, what it could touch is kept.
@Suite struct PinTests {
    private final class Memory: Resource, @unchecked Sendable {  // no state of its own
        let recorder: Recorder
        let pins: Bool

        init(_ label: String, _ recorder: Recorder, pins: Bool = true, _ kind: Kind = .finalizer) {
            self.recorder = recorder
            self.pins = pins
            super.init(kind, label: label)
        }

        override func pin(_ reason: Reason) -> Bool {
            if pins { recorder.note("pin \(label)") }
            return pins
        }

        override func release(_ reason: Reason) { recorder.note("release \(label)") }
    }

    private func closeOverdue(_ scope: Scope, _ runtime: Runtime) -> Report? {
        let gate = Gate()
        let report = Lock<Report?>(nil)
        scope.close(Reason(.cancelled, by: "test"), limits: .call) { result in
            report.withLock { $0 = result }
            gate.open()
        }
        settle(runtime)
        runtime.advance(by: CloseLimits.call.hard)
        #expect(gate.wait())
        return report.withLock { $0 }
    }

    @Test func whatAbandonedCodeCouldTouchIsKeptUntilItEnds() throws {
        let runtime = Runtime.manual()
        let recorder = Recorder()
        let root = Scope.root(runtime)
        let plugin = try root.open(.plugin, "stubborn#1")
        let call = try plugin.open(.call, "tool")
        try plugin.add(Memory("outer", recorder))
        try call.add(Memory("inner", recorder))
        try call.add(Memory("unpinned", recorder, pins: false))
        let work = try call.adopt("worker", cancel: { _ in })
        let report = closeOverdue(plugin, runtime)
        #expect(report?.abandoned == 1 && report?.pinned == 2)
        #expect(report?.details.contains("finalizer inner pinned until what was abandoned has ended") == true)
        #expect(recorder.all == ["release unpinned", "pin inner", "pin outer"])
        let kept = runtime.ledger.totals().first { $0.name == "finalizer" }
        #expect(kept?.pinnedNow == 2 && kept?.live == 2)
        work.finished()
        #expect(recorder.all.suffix(2).sorted() == ["release inner", "release outer"])
        let after = runtime.ledger.totals().first { $0.name == "finalizer" }
        #expect(after?.pinnedNow == 0 && after?.pinned == 2 && after?.live == 0)
        work.finished()
        #expect(recorder.all.count == 5)
        #expect(root.fields.withLock { $0.abandonedBelow }.isEmpty)
    }

    @Test func anObjectThatIsNoResourceIsKeptUntilItEnds() throws {
        final class Arguments: Sendable {}
        let runtime = Runtime.manual()
        let root = Scope.root(runtime)
        let plugin = try root.open(.plugin, "stubborn#1")
        let call = try plugin.open(.call, "tool")
        let work = [try call.adopt("one", cancel: { _ in }), try call.adopt("two", cancel: { _ in })]
        #expect(closeOverdue(call, runtime)?.abandoned == 2)
        weak var arguments: Arguments?
        do {
            let object = Arguments()
            arguments = object
            call.keepForAbandoned(object)
        }
        #expect(arguments != nil && plugin.keptForAbandoned == 1)
        work[0].finished()
        #expect(arguments != nil && plugin.keptForAbandoned == 1)
        work[1].finished()
        #expect(arguments == nil && plugin.keptForAbandoned == 0)
        // Nothing runs any more: nothing is kept.
        call.keepForAbandoned(Arguments())
        #expect(root.keptForAbandoned == 0 && plugin.closeNow() != nil)
    }

    @Test func aScopeThatClosesLaterKeepsWhatIsStillInReach() throws {
        let runtime = Runtime.manual()
        let recorder = Recorder()
        let root = Scope.root(runtime)
        let session = try root.open(.session, "s")
        let other = try root.open(.session, "other")
        let call = try session.open(.call, "tool")
        try session.add(Memory("reachable", recorder))
        try other.add(Memory("elsewhere", recorder))
        let work = try call.adopt("worker", cancel: { _ in })
        #expect(closeOverdue(call, runtime)?.abandoned == 1)
        #expect(session.closeNow()?.pinned == 1 && other.closeNow()?.pinned == 0)
        #expect(recorder.all == ["pin reachable", "release elsewhere"])
        work.finished()
        #expect(recorder.all.last == "release reachable")
    }

    /// What would be cancelled is asked before it is told to end.
    @Test func whatIsReapedIsKeptToo() throws {
        let runtime = Runtime.manual()
        let recorder = Recorder()
        let root = Scope.root(runtime)
        let session = try root.open(.session, "s")
        let call = try session.open(.call, "tool")
        try session.add(Memory("queued", recorder, .channel))
        try session.add(Memory("plain", recorder, pins: false, .channel))
        let work = try call.adopt("worker", cancel: { _ in })
        #expect(closeOverdue(call, runtime)?.abandoned == 1)
        let report = session.closeNow(Reason(.cancelled, by: "test"))
        #expect(report?.pinned == 1 && recorder.all == ["release plain", "pin queued"])
        #expect(runtime.ledger.totals().first { $0.name == "channel" }?.pinnedNow == 1)
        work.finished()
        #expect(recorder.all == ["release plain", "pin queued", "release queued"])
        #expect(runtime.ledger.totals().allSatisfy { $0.live == 0 || $0.name == "scope" })
    }

    /// It ended by itself while it was asked: released once, pinned never.
    @Test func whatEndsMeanwhileIsNotPinned() throws {
        final class Hasty: Resource, @unchecked Sendable {  // no state of its own
            override func pin(_ reason: Reason) -> Bool {
                ended()
                return true
            }
        }
        let runtime = Runtime.manual()
        let root = Scope.root(runtime)
        let session = try root.open(.session, "s")
        let call = try session.open(.call, "tool")
        try session.add(Hasty(.finalizer))
        try session.add(Hasty(.channel))
        let work = try call.adopt("worker", cancel: { _ in })
        #expect(closeOverdue(call, runtime)?.abandoned == 1)
        let report = session.closeNow(Reason(.cancelled, by: "test"))
        #expect(report?.pinned == 0 && report?.released == 2)
        work.finished()
        #expect(runtime.ledger.totals().allSatisfy { ($0.live == 0 || $0.name == "scope") && $0.pinned == 0 })
    }

    @Test func nothingIsKeptForWhatHasEnded() throws {
        let runtime = Runtime.manual()
        let recorder = Recorder()
        let root = Scope.root(runtime)
        let session = try root.open(.session, "s")
        let call = try session.open(.call, "tool")
        try session.add(Memory("memory", recorder))
        let work = try call.adopt("worker", cancel: { _ in })
        #expect(closeOverdue(call, runtime)?.abandoned == 1)
        work.finished()
        #expect(session.closeNow()?.pinned == 0 && recorder.all == ["release memory"])
    }
}
