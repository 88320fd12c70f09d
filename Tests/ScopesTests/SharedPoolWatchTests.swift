import Testing

@testable import Scopes

struct SharedPoolWatchTests {
    @Test func aBlockedPoolIsToldOnceAndItsRecoveryToo() {
        let runtime = Runtime.manual()
        let recorder = Recorder()
        let jobs = Lock<[@Sendable () -> Void]>([])
        let watch = SharedPoolWatch(
            runtime, interval: 10, limit: 2, ask: { job in jobs.withLock { $0.append(job) } },
            changed: { recorder.note($0 ? "blocked" : "runs") })
        watch.start()
        func pass(_ nanoseconds: Int64) {
            for _ in 0..<nanoseconds {
                runtime.advance(by: 1)
                settle(runtime)
            }
        }
        pass(10)
        for job in jobs.withLock({ $0 }) { job() }
        pass(2)
        #expect(recorder.all == [] && jobs.withLock { $0.count } == 1)
        pass(40)
        #expect(recorder.all == ["blocked"] && jobs.withLock { $0.count } == 2)
        jobs.withLock { $0.last }?()
        settle(runtime)
        #expect(recorder.all == ["blocked", "runs"])
        watch.stop()
        pass(40)
        #expect(jobs.withLock { $0.count } == 2 && runtime.timers.count == 0)
        #expect(runtime.ledger.counters().contains { $0 == ("sharedPool.blocked", 1) })
    }

    /// Awaits the beat, which comes behind whatever the other tests do in the pool: a thread that blocks here would be one that it misses.
    @Test func aPoolThatRunsIsNotReported() async {
        let runtime = Runtime.manual()
        let (beats, beat) = AsyncStream.makeStream(of: Void.self)
        let watch = SharedPoolWatch(
            runtime, interval: 10, limit: 2,
            ask: { job in
                Task.detached {
                    job()
                    beat.finish()
                }
            }, changed: { _ in Issue.record("the pool runs") })
        watch.start()
        runtime.advance(by: 10)
        for await _ in beats {}
        runtime.advance(by: 2)
        settle(runtime)
        watch.stop()
    }
}
