import Testing

@testable import Scopes

/// S15, S20: what there is can be seen, what is left can be named, what was forgotten is reported.
@Suite struct DumpTests {
    @Test func aSnapshotTellsOwnersCountsAndSites() throws {
        let runtime = Runtime.manual()
        let root = Scope.root(runtime)
        let plugin = try root.open(.plugin, "p#1")
        let session = try root.open(.session, "s")
        let use = try session.open(.use, "p#1", alsoOwnedBy: plugin)
        let line = #line + 1
        _ = try use.adopt("poll", cancel: { _ in })
        let done = try use.adopt("done", cancel: { _ in })
        done.finished()
        let picture = root.snapshot()
        let found = try #require(picture.children.first { $0.name == "session s" }?.children.first)
        #expect(found.owners == ["server/session s", "server/plugin p#1"])
        #expect(
            found.counts == ScopeSnapshot.Counts(resources: 1, children: 0, released: 1, failed: 0, abandoned: 0, pinned: 0, running: 0))
        #expect(found.resources.map(\.label) == ["poll"])
        #expect(found.resources.first?.site == "ScopesTests/DumpTests.swift:\(line)")
        #expect(found.site == "ScopesTests/DumpTests.swift:\(line - 2)")
        let reference = try #require(picture.children.first { $0.name == "plugin p#1" }?.children.first)
        #expect(reference.isReference && reference.resources.isEmpty)
        #expect(root.dumpText().contains("p#1  (shown under server/session s/p#1)"))
    }

    @Test func aDifferenceNamesWhatIsLeft() throws {
        let runtime = Runtime.manual()
        let root = Scope.root(runtime)
        let plugin = try root.open(.plugin, "x")
        let before = root.ledgerSnapshot()
        let call = try plugin.open(.call, "5")
        let line = #line + 1
        _ = try call.adopt("poll", cancel: { _ in })
        let other = try call.adopt("other", cancel: { _ in })
        let left = root.ledgerSnapshot().difference(from: before)
        #expect(!left.isEmpty && left.items.count == 3)
        let site = "ScopesTests/DumpTests.swift"
        #expect(
            left.description == """
                1 more scope:
                  server/plugin x/call 5 opened at \(site):\(line - 2)
                2 more tasks:
                  server/plugin x/call 5: task 'poll' opened at \(site):\(line)
                  server/plugin x/call 5: task 'other' opened at \(site):\(line + 1)
                """)
        other.finished()
        let gate = Gate()
        call.close(Reason(.cancelled, by: "test")) { _ in gate.open() }
        settle(runtime)
        runtime.advance(by: CloseLimits.call.hard)
        #expect(gate.wait())
        // Given up is not gone.
        #expect(root.ledgerSnapshot().difference(from: before).description == "1 task abandoned")
        #expect(before.difference(from: before).isEmpty && before.difference(from: before).description == "nothing is left")
    }

    @Test func lessThanBeforeIsNoLeak() throws {
        let root = Scope.root(.manual())
        let scope = try root.open(.custom)
        let before = root.ledgerSnapshot()
        #expect(scope.closeNow() != nil)
        #expect(root.ledgerSnapshot().difference(from: before).isEmpty)
    }

    /// S20: `deinit` closes nothing, it reports; so does the end of the runtime.
    @Test func whatIsForgottenIsReported() throws {
        let runtime = Runtime.manual()
        let recorder = Recorder()
        runtime.onForgotten { recorder.note("\($0.kind) \($0.path) \($0.label) \($0.site)") }
        let line = #line + 3
        // A function of its own, so that nothing here holds on to it.
        func forget() throws {
            _ = Scope.root(runtime, label: "empty")
            let root = Scope.root(runtime, label: "lost")
            try root.add(Resource(.timer, label: "tick"))
        }
        try forget()
        let site = "ScopesTests/DumpTests.swift"
        #expect(recorder.all == ["scope empty  \(site):\(line)"])
        let closed = Scope.root(runtime)
        #expect(closed.closeNow() != nil)
        runtime.stop()
        #expect(
            recorder.all.dropFirst() == ["scope lost  \(site):\(line + 1)", "timer lost tick \(site):\(line + 2)"])
        #expect(runtime.ledger.counters().contains { $0 == ("forgotten", 3) })
    }
}
