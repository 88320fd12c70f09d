import Scopes

/// One account for each tool that was called: its rate limit (spec: servers must rate limit tools), and what is counted of its calls.
///
/// Names are looked up in the catalogue first. Tools that come and go for ever share one account's numbers beyond `maximalMetrics`.
final class ToolAccounts: Sendable {
    private struct Account {
        var bucket: TokenBucket
        let metrics: ToolMetrics
    }

    private struct State {
        var accounts: [String: Account] = [:]
        var others: ToolMetrics?
    }

    static let maximalMetrics = 512
    /// What the tools beyond it are called together.
    static let others = "(others)"

    private let state = Lock(State())
    private let rate: Double
    private let burst: Double

    init(rate: Double, burst: Double) {
        self.rate = rate
        self.burst = burst
    }

    /// Where a call of this tool is counted; nil: it is called too often.
    func admit(_ tool: String, now: Int64) -> ToolMetrics? {
        state.withLock { state in
            guard let place = state.accounts.index(forKey: tool) else {
                let isKnown = state.accounts.count < Self.maximalMetrics
                let metrics = isKnown ? ToolMetrics() : state.others ?? ToolMetrics()
                if !isKnown { state.others = metrics }
                var bucket = TokenBucket(rate: rate, burst: burst, now: now)
                let isAdmitted = !rate.isFinite || bucket.take(now: now)
                state.accounts[tool] = Account(bucket: bucket, metrics: metrics)
                return isAdmitted ? metrics : nil
            }
            guard !rate.isFinite || state.accounts.values[place].bucket.take(now: now) else { return nil }
            return state.accounts.values[place].metrics
        }
    }

    /// In alphabetic order, `others` last.
    func all() -> [(tool: String, metrics: ToolMetrics)] {
        let (accounts, others) = state.withLock { ($0.accounts.mapValues(\.metrics), $0.others) }
        var all = accounts.filter { $0.value !== others }.sorted { $0.key < $1.key }.map { (tool: $0.key, metrics: $0.value) }
        if let others { all.append((Self.others, others)) }
        return all
    }
}
