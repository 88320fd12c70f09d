/// Lets through only what a progress notification may say: numbers that grow, and nothing after the end (DIGEST 1.11).
package struct ProgressGate: Sendable {
    private var last: Double?
    private var isClosed = false

    package init() {}

    /// Whether this step may be sent; if so, it is what the next one has to exceed.
    package mutating func admits(_ progress: Double) -> Bool {
        guard !isClosed, progress.isFinite, last.map({ progress > $0 }) ?? true else { return false }
        last = progress
        return true
    }

    /// The request has its answer, or will never get one.
    package mutating func close() { isClosed = true }
}
