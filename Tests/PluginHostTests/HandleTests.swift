import Testing

@testable import PluginHost

@Suite struct HandleTests {
    @Test func aHandleIsNeverIssuedTwiceAndItsSlotRetiresWhenItsGenerationWraps() throws {
        for generations in 1...5 as ClosedRange<UInt32> {
            for slots in 1...3 as ClosedRange<UInt32> {
                var table = HandleSlots<Int>(maximalSlots: slots, maximalGeneration: generations)
                var issued: Set<HandleSlots<Int>.Name> = []
                while let name = table.insert(kind: 1, issued.count) {
                    #expect(issued.insert(name).inserted)
                    #expect(name.generation > 0)
                    #expect(table.lookup(kind: 1, name) == issued.count - 1)
                    #expect(table.lookup(kind: 2, name) == nil)
                    #expect(!table.isSpent(name))
                    let removals = [2, 1, 1].map { table.remove(kind: $0, name) }
                    #expect(removals == [nil, issued.count - 1, nil])
                    #expect(table.lookup(kind: 1, name) == nil)
                    #expect(table.isSpent(name))
                }
                #expect(issued.count == Int(slots * generations))
                #expect(table.retired == Int(slots))
                #expect(table.count == 0)
            }
        }
    }

    @Test func aFullTableRefusesAndServesAgainAfterARemoval() throws {
        var table = HandleSlots<Int>(maximalSlots: 2)
        let inserted = (1...3).map { table.insert(kind: 1, $0) }
        let first = try #require(inserted[0])
        #expect(inserted[1] != nil && inserted[2] == nil)
        let removed = table.remove(kind: 1, first)
        #expect(removed == 1)
        let again = table.insert(kind: 3, 4)
        #expect(again == .init(slot: first.slot, generation: first.generation + 1))
        #expect(table.lookup(kind: 1, first) == nil)
    }

    @Test func namesThatWereNeverIssuedAreNeitherLiveNorSpent() {
        let table = HandleSlots<Int>()
        for slot in [0, 7, UInt32.max] {
            #expect(table.lookup(kind: 0, .init(slot: slot, generation: 1)) == nil)
            #expect(!table.isSpent(.init(slot: slot, generation: 1)))
        }
    }

    private final class Thing: Sendable {}

    @Test func aHandleIsStaleForAnotherKindAndForAnotherCaller() throws {
        let table = HandleTable()
        let thing = Thing()
        var handles: Set<UInt64> = []
        for _ in 0..<100 { handles.insert(try table.insert(.channel, thing, owner: 7)) }
        #expect(handles.count == 100)
        #expect(table.count(ownedBy: 7) == 100)
        for handle in handles {
            #expect(table.object(handle, .channel, as: Thing.self) === thing)
            #expect(table.object(handle, .channel, as: Thing.self, caller: 7) === thing)
            #expect(table.object(handle, .channel, as: Thing.self, caller: 8) == nil)
            #expect(table.object(handle, .task, as: Thing.self) == nil)
            #expect(!table.isSpent(handle, .channel))
            #expect(table.remove(handle))
            #expect(!table.remove(handle))
            #expect(table.isSpent(handle, .channel))
            #expect(!table.isSpent(handle, .task))
            #expect(table.object(handle, .channel, as: Thing.self) == nil)
        }
        for wrong in [0, 1, UInt64.max, 0x0500_0000_0000_0001] {
            #expect(table.object(wrong, .channel, as: Thing.self) == nil)
            #expect(!table.remove(wrong))
        }
        #expect(table.count(ownedBy: 7) == 0)
    }
}
