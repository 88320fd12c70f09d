import Testing

@testable import Scopes

/// S14: who has as much as they may gets an error that names the quota, the limit and whose it is.
@Suite struct QuotaTests {
    private func over(_ body: () throws -> Any) -> OverQuota? {
        do {
            _ = try body()
            return nil
        } catch {
            if case .overQuota(let over) = error as? AcquireError { return over }
            return nil
        }
    }

    private func fill(_ scope: Scope, _ count: Int, _ kind: Kind = .timer) throws -> [Resource] {
        try (0..<count).map { _ in
            let resource = Resource(kind)
            try scope.add(resource)
            return resource
        }
    }

    @Test func aScopeTakesNoMoreThanItsCapacity() throws {
        let runtime = Runtime.manual()
        let root = Scope.root(runtime)
        let call = try root.open(.call, "c", capacity: 2)
        let held = try fill(call, 2)
        let refused = over { try call.add(Resource(.timer)) }
        #expect(refused == OverQuota(quota: "resources", limit: 2, owner: "scope server/call c"))
        #expect(
            refused?.description == "scope server/call c has 2 resources already, the most that it may have at once; end some of them first"
        )
        held[0].ended()
        #expect(over { try call.add(Resource(.timer)) } == nil)
        // Children count, and have the same capacity of their own.
        let inner = try call.open(.custom, "a")
        _ = try call.open(.custom, "b")
        #expect(over { try call.open(.custom) }?.quota == "scopes")
        _ = try fill(inner, 2)
        #expect(over { try inner.add(Resource(.timer)) }?.owner == "scope server/call c/a")
        #expect(root.closeNow()?.isClean == true)
        #expect(runtime.ledger.totals().allSatisfy { $0.live == 0 })
    }

    @Test func anAccountCountsWhatIsBelowByKind() throws {
        let runtime = Runtime.manual()
        let root = Scope.root(runtime)
        let account = QuotaAccount("plugin clock", QuotaLimits(resources: 5, scopes: 3, kinds: [(.process, 2), (.timer, 9)]))
        let plugin = try root.open(.plugin, "clock#1", accounts: [account])
        let call = try plugin.open(.call)
        let processes = try fill(call, 2, .process)
        #expect(over { try plugin.add(Resource(.process)) } == OverQuota(quota: "process", limit: 2, owner: "plugin clock"))
        #expect(account.resources == 2 && account.used(.process) == 2 && account.scopes == 2)
        _ = try fill(plugin, 3)
        #expect(over { try call.add(Resource(.channel)) } == OverQuota(quota: "resources", limit: 5, owner: "plugin clock"))
        processes[0].ended()
        #expect(over { try call.add(Resource(.channel)) } == nil)
        let last = try call.open(.custom)
        #expect(over { try plugin.open(.call) } == OverQuota(quota: "scopes", limit: 3, owner: "plugin clock"))
        last.close(Reason(.completed, by: "test"))
        #expect(over { try plugin.open(.call) } == nil)
        #expect(root.closeNow() != nil)
        #expect(account.resources == 0 && account.scopes == 0 && account.used(.process) == 0 && account.used(.timer) == 0)
        #expect(runtime.ledger.totals().allSatisfy { $0.live == 0 })
        #expect(runtime.ledger.counters().contains { $0 == ("quota.refused", 3) })
    }

    /// S12: a scope with two owners is charged to the accounts of both, to a common one once.
    @Test func twoOwnersAreBothCharged() throws {
        let root = Scope.root(.manual())
        let common = QuotaAccount("principal x", QuotaLimits())
        let plugin = QuotaAccount("plugin p", QuotaLimits(resources: 1))
        let session = QuotaAccount("session s", QuotaLimits())
        let pluginScope = try root.open(.plugin, "p#1", accounts: [common, plugin])
        let sessionScope = try root.open(.session, "s", accounts: [common, session])
        let use = try sessionScope.open(.use, "p#1", alsoOwnedBy: pluginScope)
        let call = try use.open(.call, accounts: [common])
        try call.add(Resource(.timer))
        #expect(common.resources == 1 && plugin.resources == 1 && session.resources == 1)
        #expect(common.scopes == 4 && plugin.scopes == 3 && session.scopes == 3)
        #expect(over { try call.add(Resource(.timer)) }?.owner == "plugin p")
        #expect(common.resources == 1 && session.resources == 1, "a refusal charges nobody")
        #expect(root.closeNow() != nil)
        for account in [common, plugin, session] { #expect(account.resources == 0 && account.scopes == 0) }
    }

    /// S9: what was given up, and what is pinned for it, counts until it has ended.
    @Test func whatWasAbandonedOrPinnedKeepsCounting() throws {
        final class Memory: Resource, @unchecked Sendable {  // no state of its own
            override func pin(_ reason: Reason) -> Bool { true }
        }
        let runtime = Runtime.manual()
        let root = Scope.root(runtime)
        let account = QuotaAccount("plugin p", QuotaLimits(resources: 2))
        let plugin = try root.open(.plugin, "p#1", accounts: [account])
        let call = try plugin.open(.call)
        let work = try call.adopt("stubborn", cancel: { _ in })
        try call.add(Memory(.finalizer))
        let gate = Gate()
        call.close(Reason(.cancelled, by: "test")) { _ in gate.open() }
        settle(runtime)
        runtime.advance(by: CloseLimits.call.hard)
        #expect(gate.wait() && account.resources == 2 && account.scopes == 1)
        #expect(over { try plugin.add(Resource(.timer)) }?.owner == "plugin p")
        work.finished()
        #expect(account.resources == 0)
    }

    @Test func whatIsRefusedLeavesNoTrace() throws {
        let runtime = Runtime.manual()
        let root = Scope.root(runtime)
        let account = QuotaAccount("x", QuotaLimits(resources: 1, scopes: 1))
        let scope = try root.open(.custom, accounts: [account])
        #expect(over { try scope.open(.custom) } != nil)
        #expect(scope.closeNow() != nil)
        // A closed scope charges nobody.
        expectClosed { try scope.add(Resource(.timer)) }
        expectClosed { try scope.open(.custom) }
        #expect(account.resources == 0 && account.scopes == 0)
        #expect(runtime.ledger.gauge("scope") == 1)
    }

    /// Trees are walked, written and let go by recursion: plugins nest scopes, but not without end.
    @Test func nestingHasAnEnd() throws {
        let root = Scope.root(.manual())
        var scope = root
        for _ in 0..<Scope.maximalDepth { scope = try scope.open(.custom) }
        #expect(over { try scope.open(.custom) }?.quota == "nested scopes")
        #expect(root.closeNow() != nil)
    }

    /// The last place is given to one of many, and nobody is refused while there is room.
    @Test func refusalsAreExactUnderLoad() throws {
        let runtime = Runtime.manual()
        let root = Scope.root(runtime)
        let account = QuotaAccount("all", QuotaLimits(resources: 4))
        let scope = try root.open(.custom, accounts: [account])
        let done = Gate()
        let pools = (0..<4).map { BlockingPool(name: "quota\($0)", threads: 1) }
        let refused = Lock(0)
        for pool in pools {
            _ = pool.submit {
                for _ in 0..<2_000 {
                    let resource = Resource(.timer)
                    if (try? scope.add(resource)) == nil { refused.withLock { $0 += 1 } } else { resource.ended() }
                }
                done.open()
            }
        }
        for _ in pools { #expect(done.wait(seconds: 60)) }
        #expect(refused.withLock { $0 } == 0, "four threads with one each never exceed four")
        #expect(account.resources == 0)
        for pool in pools { pool.stop() }
        #expect(root.closeNow() != nil)
    }
}
