import Testing

@testable import Server

struct ReplayRingTests {
    private static let one = EventID.Stream(kind: .post, number: 1)
    private static let two = EventID.Stream(kind: .get, number: 1)

    private static func ring(events: Int = 1000, bytes: Int = 1 << 20, age: Int64 = 100) -> ReplayRing {
        var limits = ReplayLimits()
        (limits.events, limits.bytes, limits.age) = (events, bytes, age)
        return ReplayRing(limits)
    }

    private static func event(_ stream: EventID.Stream, _ place: Int, size: Int = 1, at: Int64 = 0) -> ReplayRing.Event {
        ReplayRing.Event(id: EventID(stream, place), bytes: Array(repeating: 0, count: size), at: at)
    }

    /// All that comes after a place, as `catchUp` walks it.
    private static func after(_ place: Int, _ stream: EventID.Stream, _ ring: ReplayRing) -> [Int] {
        var places: [Int] = []
        while let next = ring.next(after: EventID(stream, places.last ?? place)) { places.append(next.id.place) }
        return places
    }

    @Test func `what comes after an event is found in its own stream only`() {
        var ring = Self.ring()
        for place in 1...5 {
            _ = ring.append(Self.event(Self.one, place))
            _ = ring.append(Self.event(Self.two, place))
        }
        #expect(Self.after(0, Self.one, ring) == [1, 2, 3, 4, 5])
        #expect(Self.after(3, Self.one, ring) == [4, 5])
        #expect(Self.after(5, Self.two, ring) == [])
        #expect(Self.after(0, EventID.Stream(kind: .post, number: 2), ring) == [])
        #expect(ring.count == 10 && ring.bytes == 10)
    }

    @Test func `the oldest go first by count, whosever they are`() {
        var ring = Self.ring(events: 4)
        var emptied = [ring.append(Self.event(Self.two, 1))]
        for place in 1...4 { emptied.append(ring.append(Self.event(Self.one, place))) }
        #expect(emptied == [[], [], [], [], [Self.two]])
        #expect(!ring.has(Self.two) && ring.has(Self.one))
        emptied = [ring.append(Self.event(Self.one, 5))]
        #expect(emptied == [[]] && ring.count == 4)
        // A gap: it begins with what is there.
        #expect(Self.after(0, Self.one, ring) == [2, 3, 4, 5])
        #expect(Self.after(4, Self.one, ring) == [5])
    }

    @Test func `the oldest go first by bytes, and of what is larger than all only the place is kept`() {
        var ring = Self.ring(bytes: 100)
        for place in 1...10 { _ = ring.append(Self.event(Self.one, place, size: 30)) }
        #expect(ring.count == 3 && ring.bytes == 90)
        #expect(Self.after(0, Self.one, ring) == [8, 9, 10])
        var emptied = ring.append(Self.event(Self.two, 1, size: 101))
        #expect(emptied == [] && ring.count == 4 && ring.bytes == 90)
        #expect(ring.next(after: EventID(Self.two, 0))?.isTooLarge == true)
        // One that fits is kept, whatever has to go for it.
        emptied = ring.append(Self.event(Self.two, 2, size: 100))
        #expect(emptied == [Self.one] && ring.count == 2 && ring.bytes == 100)
        #expect(ring.next(after: EventID(Self.two, 1))?.isTooLarge == false)
    }

    @Test func `what is too old goes`() {
        var ring = Self.ring(age: 100)
        #expect(ring.expiry == nil)
        for place in 1...3 { _ = ring.append(Self.event(Self.one, place, at: Int64(place) * 10)) }
        #expect(ring.expiry == 110)
        var emptied = [ring.expire(now: 109), ring.expire(now: 120)]
        #expect(emptied == [[], []] && Self.after(0, Self.one, ring) == [3])
        emptied = [ring.expire(now: 130)]
        #expect(emptied == [[Self.one]])
        #expect(ring.expiry == nil && ring.count == 0 && ring.bytes == 0)
    }

    @Test func `a queue lets go of what was taken out`() {
        final class Thing {}
        var queue = Fifo<Thing>()
        weak var gone: Thing?
        do {
            let thing = Thing()
            gone = thing
            queue.append(thing)
        }
        for _ in 0..<300 { queue.append(Thing()) }
        #expect(gone != nil && queue.count == 301)
        _ = queue.popFirst()
        #expect(gone == nil && queue.count == 300)
        for _ in 0..<299 { _ = queue.popFirst() }
        #expect(queue.count == 1 && queue[0] === queue.first)
        _ = queue.popFirst()
        #expect(queue.isEmpty)
        let none = queue.popFirst()
        #expect(none == nil)
    }
}
