internal import JSON

/// Equality and hashes of JSON values as JSON Schema understands them: 1 is 1.0, members have no order, and of a
/// repeated key the last member counts. Bounded by steps and depth.
struct JSONComparison {
    /// Steps that are left.
    var steps: Int
    let maxDepth: Int
    /// Whether a bound was crossed; then no answer means anything.
    private(set) var isExceeded = false

    init(steps: Int, maxDepth: Int) {
        self.steps = steps
        self.maxDepth = maxDepth
    }

    mutating func charge(_ cost: Int) -> Bool {
        steps -= cost
        if steps < 0 { isExceeded = true }
        return !isExceeded
    }

    mutating func enters(_ depth: Int) -> Bool {
        if depth > maxDepth { isExceeded = true }
        return !isExceeded
    }
}
