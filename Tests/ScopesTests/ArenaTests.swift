import TestSupport
import Testing

@testable import Scopes

struct ArenaTests {
    private func make(limit: Int) throws -> (Scope, Arena) {
        let root = Scope.root(.manual())
        return (root, try root.arena("a", limit: limit))
    }

    @Test func memoryIsZeroedAlignedAndApart() throws {
        let (root, arena) = try make(limit: 4 << 20)
        var random = Dice(state: 7)
        var taken: [(UInt, UInt)] = []
        for _ in 0..<2_000 {
            let size = Int(random.next() % (random.next() % 50 == 0 ? 20_000 : 200))
            let alignment = 1 << Int(random.next() % 13)
            let memory = try arena.allocate(size, alignment: alignment)
            #expect(UInt(bitPattern: memory) % UInt(alignment) == 0)
            let bytes = UnsafeMutableRawBufferPointer(start: memory, count: size)
            #expect(bytes.allSatisfy { $0 == 0 })
            bytes.initializeMemory(as: UInt8.self, repeating: 0xff)
            taken.append((UInt(bitPattern: memory), UInt(max(1, size))))
        }
        taken.sort { $0.0 < $1.0 }
        for (one, next) in zip(taken, taken.dropFirst()) { #expect(one.0 + one.1 <= next.0) }
        #expect(arena.used == taken.reduce(0) { $0 + Int($1.1) })
        #expect(root.closeNow() != nil)
    }

    @Test func beyondTheLimitIsAnError() throws {
        let (root, arena) = try make(limit: 100)
        _ = try arena.allocate(60)
        #expect(throws: ArenaError.overLimit(limit: 100, used: 60)) { try arena.allocate(41) }
        _ = try arena.allocate(40, alignment: 4096)
        #expect(throws: ArenaError.overLimit(limit: 100, used: 100)) { try arena.allocate(0) }
        #expect(throws: ArenaError.overLimit(limit: 100, used: 100)) { try arena.allocate(.max) }
        #expect(root.closeNow() != nil)
    }

    @Test func nonsenseIsAnError() throws {
        let (root, arena) = try make(limit: 100)
        #expect(throws: ArenaError.invalid(size: -1, alignment: 16)) { try arena.allocate(-1) }
        for alignment in [0, 3, -8, 8192] {
            #expect(throws: ArenaError.invalid(size: 1, alignment: alignment)) { try arena.allocate(1, alignment: alignment) }
        }
        #expect(root.closeNow() != nil)
    }

    /// Only work of its scope or of scopes inside it may touch it.
    @Test func strangersAreRefused() throws {
        let (root, _) = try make(limit: 1)
        let (one, other) = (try root.open(.call, "one"), try root.open(.call, "other"))
        let inside = try one.open(.custom, "inside")
        let arena = try one.arena(limit: 100)
        _ = try arena.allocate(1, for: one)
        _ = try arena.allocate(1, for: inside)
        #expect(throws: ArenaError.self) { try arena.allocate(1, for: other) }
        #expect(throws: ArenaError.self) { try arena.allocate(1, for: root) }
        #expect(root.closeNow() != nil)
    }

    /// S6: memory goes last, after the tasks of the scope.
    @Test func itIsFreedAfterTheTasks() throws {
        let (root, arena) = try make(limit: 100)
        let task = try root.adopt("t", cancel: { _ in })
        root.close(Reason(.cancelled, by: "test"))
        _ = try arena.allocate(1)
        task.finished()
        settle(root.runtime)
        #expect(throws: ArenaError.closed) { try arena.allocate(1) }
        #expect(root.runtime.ledger.gauge("arena") == 0)
    }

    @Test func closedEarlyItGivesNothingMore() throws {
        let (root, arena) = try make(limit: 100)
        arena.close()
        arena.close()
        #expect(throws: ArenaError.closed) { try arena.allocate(1) }
        #expect(root.counts.resources == 0)
    }

    /// S9: what abandoned work may still touch stays as it is.
    @Test func abandonedWorkKeepsItsMemory() throws {
        let runtime = Runtime.manual()
        let root = Scope.root(runtime)
        let scope = try root.open(.call)
        let arena = try scope.arena(limit: 100)
        let memory = try arena.allocate(8)
        let stubborn = try scope.adopt("stubborn", cancel: { _ in })
        let gate = Gate()
        scope.close(Reason(.cancelled, by: "test"), limits: .call) { _ in gate.open() }
        settle(runtime)
        runtime.advance(by: CloseLimits.call.hard)
        #expect(gate.wait())
        memory.storeBytes(of: 7, as: UInt64.self)
        #expect(runtime.ledger.totals().first { $0.name == "arena" }?.pinnedNow == 1)
        stubborn.finished()
        #expect(eventually { runtime.ledger.gauge("arena") == 0 })
        #expect(throws: ArenaError.closed) { try arena.allocate(1) }
    }
}
