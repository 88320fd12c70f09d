import MCP
import Testing

@testable import Server

@Suite struct PendingEventsTests {
    @Test func eachEventWaitsOnceAndInOrder() {
        var pending = PendingEvents(maximalURIs: 8)
        for event: ServerEvent in [.resourceUpdated(uri: "a"), .toolsListChanged, .resourceUpdated(uri: "a"), .toolsListChanged] {
            let isTaken = pending.offer(event)
            #expect(isTaken)
        }
        #expect(pending.count == 2)
        #expect(pending.first == .resourceUpdated(uri: "a"))
        pending.removeFirst()
        #expect(pending.first == .toolsListChanged)
        // What was told is told anew when it happens anew.
        let isTaken = pending.offer(.resourceUpdated(uri: "a"))
        #expect(isTaken && pending.count == 2)
    }

    @Test func resourcesAreBoundedAndListsAlwaysFit() {
        var pending = PendingEvents(maximalURIs: 2)
        var taken: [Bool] = []
        for uri in ["a", "b", "c", "a"] { taken.append(pending.offer(.resourceUpdated(uri: uri))) }
        for event: ServerEvent in [.toolsListChanged, .promptsListChanged, .resourcesListChanged] { taken.append(pending.offer(event)) }
        #expect(taken == [true, true, false, true, true, true, true])
        #expect(pending.count == 5)
    }
}
