/// A rate limit: `rate` a second, `burst` at once. Pure.
struct TokenBucket {
    let rate: Double
    let burst: Double
    private var tokens: Double
    private var filledAt: Int64

    init(rate: Double, burst: Double, now: Int64) {
        self.rate = rate
        self.burst = burst
        tokens = burst
        filledAt = now
    }

    mutating func take(now: Int64) -> Bool {
        if tokens < burst {
            tokens = min(burst, tokens + Double(now - filledAt) / 1e9 * rate)
        }
        filledAt = now
        guard tokens >= 1 else { return false }
        tokens -= 1
        return true
    }
}
