import Testing

@testable import Transport

@Suite struct StallWatchTests {
    @Test func stallsWhenNothingMovesForTheDeadline() {
        var watch = StallWatch(limit: 10)
        watch.observe(moved: 5, waiting: true, now: 100)
        watch.observe(moved: 5, waiting: true, now: 109)
        #expect(!watch.isStalled(now: 109))
        #expect(watch.isStalled(now: 110))
    }

    @Test func anyByteStartsItAnew() {
        var watch = StallWatch(limit: 10)
        watch.observe(moved: 5, waiting: true, now: 100)
        watch.observe(moved: 6, waiting: true, now: 109)
        #expect(!watch.isStalled(now: 118))
        #expect(watch.deadline == 119)
    }

    /// A kernel with a large buffer takes nothing for long, though its client reads on.
    @Test func whatTheClientAcknowledgesMeanwhileCountsToo() {
        var watch = StallWatch(limit: 80)
        watch.observe(moved: 5, waiting: true, now: 100)
        #expect(watch.lookIsDue == 110)
        // Bytes that were on their way say nothing yet.
        watch.look(acknowledged: 1000, now: 105)
        #expect(watch.lookIsDue == 110)
        watch.look(acknowledged: 1000, now: 110)
        #expect(watch.lookIsDue == 180)
        watch.look(acknowledged: 1001, now: 179)
        #expect(watch.deadline == 180)
        watch.look(acknowledged: 1001, now: 180)
        #expect(!watch.isStalled(now: 259) && watch.deadline == 260)
        // From now on it takes nothing.
        watch.look(acknowledged: 1001, now: 190)
        watch.look(acknowledged: 1001, now: 260)
        #expect(watch.isStalled(now: 260))
    }

    /// A little now and then would hold the connection for ever.
    @Test func whoAcknowledgesLessThanTheLeastRateIsStalled() {
        let second: Int64 = 1_000_000_000
        for (bytes, isStalled) in [(UInt64(7 * 1024), false), (7 * 1024 - 1, true)] {
            var watch = StallWatch(limit: 8 * second)
            watch.observe(moved: 5, waiting: true, now: 100 * second)
            watch.look(acknowledged: 1000, now: 101 * second)
            watch.look(acknowledged: 1000 + bytes, now: 108 * second)
            #expect(watch.isStalled(now: 108 * second) == isStalled)
        }
    }

    @Test func whereNobodyKnowsWhatIsAcknowledgedTheKernelDecides() {
        var watch = StallWatch(limit: 80)
        watch.observe(moved: 5, waiting: true, now: 100)
        watch.look(acknowledged: nil, now: 110)
        // It has been looked: nobody looks again before the deadline.
        #expect(watch.lookIsDue == 180)
        watch.look(acknowledged: 7, now: 180)
        #expect(watch.isStalled(now: 180))
    }

    @Test func anEmptyQueueNeverStalls() {
        var watch = StallWatch(limit: 10)
        watch.observe(moved: 5, waiting: true, now: 100)
        watch.observe(moved: 5, waiting: false, now: 105)
        #expect(watch.deadline == nil)
        #expect(!watch.isStalled(now: 1000))
        // What waits later is measured from then.
        watch.observe(moved: 5, waiting: true, now: 1000)
        #expect(watch.deadline == 1010)
    }
}
