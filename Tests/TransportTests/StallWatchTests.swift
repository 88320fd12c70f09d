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
