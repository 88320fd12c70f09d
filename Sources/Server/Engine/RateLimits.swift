import Scopes

/// One bucket for each tool that was called (spec: servers must rate limit tools). Bounded by the catalogue: names are looked up there
/// first.
final class RateLimits: Sendable {
    private let buckets = Lock<[String: TokenBucket]>([:])
    private let rate: Double
    private let burst: Double

    init(rate: Double, burst: Double) {
        self.rate = rate
        self.burst = burst
    }

    func admits(_ tool: String, now: Int64) -> Bool {
        guard rate.isFinite else { return true }
        return buckets.withLock { buckets in
            buckets[tool, default: TokenBucket(rate: rate, burst: burst, now: now)].take(now: now)
        }
    }
}
