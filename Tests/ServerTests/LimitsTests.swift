import MCP
import Scopes
import Synchronization
import Testing

@testable import Server

@Suite struct LimitsTests {
    @Test func theBucketGivesItsBurstAndThenItsRate() {
        var bucket = TokenBucket(rate: 10, burst: 2, now: 0)
        let instants: [Int64] = [0, 0, 0, 99_000_000, 200_000_001, 10_000_000_000, 10_000_000_000, 10_000_000_000]
        let taken = instants.map { bucket.take(now: $0) }
        #expect(taken == [true, true, false, false, true, true, true, false])
    }

    @Test func eachToolHasABucketOfItsOwn() {
        let accounts = ToolAccounts(rate: 1, burst: 1)
        #expect(accounts.admit("a", now: 0) != nil)
        #expect(accounts.admit("a", now: 0) == nil)
        #expect(accounts.admit("b", now: 0) != nil)
    }

    @Test func metricsOfToolsAreBoundedAndLimitsAreNot() {
        let accounts = ToolAccounts(rate: 1, burst: 1)
        for number in 0..<ToolAccounts.maximalMetrics + 10 {
            accounts.admit("tool\(number)", now: 0)?.ended(.ok, nanoseconds: 1)
            #expect(accounts.admit("tool\(number)", now: 0) == nil)
        }
        let all = accounts.all()
        #expect(all.count == ToolAccounts.maximalMetrics + 1)
        #expect(all.last?.tool == ToolAccounts.others)
        #expect(all.last?.metrics.count(.ok) == 10)
    }

    @Test func waitingForPluginsHasADeadline() {
        let runtime = Runtime.manual()
        let readiness = Readiness(runtime)
        let outcomes = Lock<[Readiness.Outcome]>([])
        let late = Latch()
        readiness.wait(atMost: 1000) { outcome in
            outcomes.withLock { $0.append(outcome) }
            late.open()
        }
        #expect(outcomes.withLock { $0 }.isEmpty)
        runtime.advance(by: 1001)
        late.wait()
        #expect(outcomes.withLock { $0 } == [.late])
        readiness.settle(.ready)
        readiness.wait(atMost: 1000) { outcome in outcomes.withLock { $0.append(outcome) } }
        #expect(outcomes.withLock { $0 } == [.late, .ready])
        runtime.stop()
    }
}
