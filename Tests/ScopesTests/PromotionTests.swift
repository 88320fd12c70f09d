import Testing

@testable import Scopes

/// S11: what shall live longer is moved to a scope above, explicitly, within its plugin's generation.
@Suite struct PromotionTests {
    private let completed = Reason(.completed, by: "test")

    private struct Tree {
        let runtime = Runtime.manual()
        let root: Scope
        let plugin: Scope
        let session: Scope
        let use: Scope
        let call: Scope

        init(plugin accounts: [QuotaAccount] = [], session others: [QuotaAccount] = []) throws {
            root = Scope.root(runtime)
            plugin = try root.open(.plugin, "p#1", accounts: accounts)
            session = try root.open(.session, "s", accounts: others)
            use = try session.open(.use, "p#1", alsoOwnedBy: plugin)
            call = try use.open(.call, "c")
        }
    }

    @Test func aPromotedResourceEndsWithItsNewScope() throws {
        let tree = try Tree()
        let recorder = Recorder()
        let told = Lock<Promotion?>(nil)
        tree.runtime.onPromote { promotion in told.withLock { $0 = promotion } }
        try tree.plugin.onClose(.free, "older") { _ in recorder.note("older") }
        let kept = try tree.call.onClose(.free, "kept") { _ in recorder.note("kept") }
        try tree.call.onClose(.free, "left") { _ in recorder.note("left") }
        try kept.promote(to: tree.plugin)
        #expect(kept.scope === tree.plugin && kept.isLinked)
        #expect(tree.call.counts.resources == 1 && tree.plugin.counts.resources == 2)
        settle(tree.runtime)
        let promotion = told.withLock { $0 }
        #expect(promotion?.from == "server/session s/p#1/call c" && promotion?.to == "server/plugin p#1" && promotion?.plugin == "p#1")
        #expect(tree.call.closeNow()?.released == 1 && recorder.all == ["left"])
        // The last acquired there, so the first to go.
        #expect(tree.plugin.closeNow()?.released == 2 && recorder.all == ["left", "kept", "older"])
        #expect(tree.root.closeNow() != nil)
        #expect(tree.runtime.ledger.totals().allSatisfy { $0.live == 0 })
    }

    @Test func onlyUpwardsAndNotBeyondThePlugin() throws {
        let tree = try Tree()
        let entry = try tree.call.adopt("t", cancel: { _ in })
        func error(_ target: Scope) -> PromotionError? {
            do throws(PromotionError) {
                try entry.promote(to: target)
                return nil
            } catch { return error }
        }
        let other = try tree.plugin.open(.call)
        guard case .notAbove = error(other) else { return #expect(Bool(false), "to a scope beside it") }
        guard case .outsideGeneration = error(tree.session) else {
            return #expect(Bool(false), "to the session, which is not the plugin's")
        }
        guard case .outsideGeneration = error(tree.root) else { return #expect(Bool(false), "to the server") }
        #expect(error(tree.call) == nil && error(tree.use) == nil && error(tree.plugin) == nil)
        guard case .notAbove = error(tree.use) else { return #expect(Bool(false), "downwards") }
        entry.finished()
        guard case .notOwned = error(tree.plugin) else {
            // It is there already.
            return #expect(entry.scope === tree.plugin)
        }
    }

    @Test func nothingMovesOutOfOrIntoAScopeThatCloses() throws {
        let tree = try Tree()
        let entry = try tree.call.adopt("holds", cancel: { _ in })
        let other = try tree.use.adopt("other", cancel: { _ in })
        tree.call.close(completed)
        #expect(throws: PromotionError.self) { try entry.promote(to: tree.plugin) }
        tree.plugin.close(completed)
        #expect(throws: PromotionError.self) { try other.promote(to: tree.plugin) }
        entry.finished()
        other.finished()
        #expect(throws: PromotionError.self) { try other.promote(to: tree.plugin) }
        #expect(tree.root.closeNow() != nil)
        #expect(tree.runtime.ledger.totals().allSatisfy { $0.live == 0 && $0.abandoned == 0 })
    }

    @Test func aReservedSlotStaysWhereItIs() throws {
        let tree = try Tree()
        let slot = Resource(.timer)
        #expect(throws: PromotionError.self) { try slot.promote(to: tree.plugin) }
        try tree.call.reserve(slot)
        #expect(throws: PromotionError.self) { try slot.promote(to: tree.plugin) }
        try slot.commit()
        try slot.promote(to: tree.plugin)
        #expect(tree.root.closeNow()?.released == 1)
    }

    @Test func accountsMoveWithIt() throws {
        let plugin = QuotaAccount("plugin p", QuotaLimits(kinds: [(.timer, 1)]))
        let session = QuotaAccount("session s", QuotaLimits())
        let tree = try Tree(plugin: [plugin], session: [session])
        let resource = Resource(.timer)
        try tree.call.add(resource)
        #expect(session.resources == 1 && plugin.used(.timer) == 1)
        try resource.promote(to: tree.plugin)
        #expect(session.resources == 0 && plugin.used(.timer) == 1)
        resource.ended()
        #expect(session.resources == 0 && plugin.used(.timer) == 0)
        #expect(tree.root.closeNow() != nil)
    }

    @Test func aFullScopeTakesNoPromotion() throws {
        let root = Scope.root(.manual())
        let plugin = try root.open(.plugin, "p#1", capacity: 1)
        let call = try plugin.open(.call)
        try plugin.add(Resource(.timer))
        let resource = Resource(.timer)
        try call.add(resource)
        do throws(PromotionError) {
            try resource.promote(to: plugin)
            Issue.record("it has room for one only")
        } catch {
            guard case .refused(.overQuota(let over)) = error else { return #expect(Bool(false), "\(error)") }
            #expect(over.quota == "resources" && over.limit == 1)
        }
        #expect(resource.scope === call && root.closeNow()?.released == 2)
    }

    /// Ends, promotions and closes of both scopes at once: each resource is released exactly once.
    @Test func promotionRacesWithEndsAndCloses() throws {
        final class Probe: Resource, @unchecked Sendable {  // the counter has a lock of its own
            let released = Lock(0)
            override func release(_ reason: Reason) { released.withLock { $0 += 1 } }
        }
        let runtime = Runtime()
        defer { runtime.stop() }
        let root = Scope.root(runtime)
        let pools = (0..<3).map { BlockingPool(name: "promote\($0)", threads: 1) }
        defer { for pool in pools { pool.stop() } }
        for round in 0..<200 {
            let plugin = try root.open(.plugin, "p#\(round)")
            let call = try plugin.open(.call).open(.custom)
            let probes = (0..<8).map { _ in Probe(.timer) }
            for probe in probes { try call.add(probe) }
            let done = Gate()
            _ = pools[0].submit {
                for probe in probes { try? probe.promote(to: plugin) }
                done.open()
            }
            _ = pools[1].submit {
                (round % 2 == 0 ? call : plugin).close(Reason(.cancelled, by: "test"))
                done.open()
            }
            _ = pools[2].submit {
                for probe in probes.prefix(3) where probe.isLinked { probe.cancel(Reason(.cancelled, by: "itself")) }
                done.open()
            }
            for _ in 0..<3 { #expect(done.wait(seconds: 60)) }
            #expect(plugin.closeNow() != nil)
            for (index, probe) in probes.enumerated() {
                let count = probe.released.withLock { $0 }
                // The first three may be told by us and by the close.
                #expect(index < 3 ? (1...2).contains(count) : count == 1)
            }
        }
        #expect(root.closeNow() != nil)
        #expect(runtime.ledger.totals().allSatisfy { $0.live == 0 && $0.abandoned == 0 })
    }
}
