import Testing

@testable import Server

@Suite struct KeyRingStateTests {
    private static let limits = KeyRingState.Limits(refresh: 100, stale: 1000, interval: 10)

    @Test func theFirstRequestFetchesAndOthersWait() {
        var ring = KeyRingState(Self.limits)
        #expect(ring.look(isKnown: false, now: 0) == .fetchAndWait)
        #expect(ring.look(isKnown: false, now: 1) == .wait)
        ring.fetched(true, now: 2)
        #expect(ring.look(isKnown: true, now: 3) == .use)
    }

    @Test func aFailedFetchIsNotRepeatedAtOnce() {
        var ring = KeyRingState(Self.limits)
        #expect(ring.look(isKnown: false, now: 0) == .fetchAndWait)
        ring.fetched(false, now: 5)
        #expect(ring.look(isKnown: false, now: 9) == .unavailable)
        #expect(ring.look(isKnown: false, now: 10) == .fetchAndWait)
    }

    @Test func anUnknownKeyFetchesOncePerInterval() {
        var ring = KeyRingState(Self.limits)
        _ = ring.look(isKnown: false, now: 0)
        ring.fetched(true, now: 0)
        #expect(ring.look(isKnown: false, now: 9) == .unknown)
        #expect(ring.look(isKnown: false, now: 10) == .fetchAndWait)
        #expect(ring.look(isKnown: false, now: 11) == .wait)
        // What is known is not held up by it.
        #expect(ring.look(isKnown: true, now: 11) == .use)
        ring.fetched(true, now: 12)
        #expect(ring.look(isKnown: false, now: 13) == .unknown)
    }

    @Test func oldKeysServeWhileNewOnesAreFetched() {
        var ring = KeyRingState(Self.limits)
        _ = ring.look(isKnown: false, now: 0)
        ring.fetched(true, now: 0)
        #expect(ring.look(isKnown: true, now: 99) == .use)
        #expect(ring.look(isKnown: true, now: 100) == .useAndFetch)
        #expect(ring.look(isKnown: true, now: 101) == .use)
        ring.fetched(false, now: 102)
        #expect(ring.look(isKnown: true, now: 105) == .use)
        #expect(ring.look(isKnown: true, now: 110) == .useAndFetch)
        ring.fetched(false, now: 111)
        // Nobody is believed for ever.
        #expect(ring.look(isKnown: true, now: 1000) == .fetchAndWait)
        ring.fetched(false, now: 1001)
        #expect(ring.look(isKnown: true, now: 1002) == .unavailable)
    }

    @Test func theOperatorNeedNotWait() {
        var ring = KeyRingState(Self.limits)
        let first = ring.demand(now: 0)
        let second = ring.demand(now: 0)
        #expect(first && !second)
        ring.fetched(true, now: 1)
        let again = ring.demand(now: 2)
        #expect(again)
    }
}
