/// What one legacy session keeps for a client that resumes a stream. Times in nanoseconds.
package struct ReplayLimits: Sendable {
    /// 0: nothing is kept, and streams have no event ids.
    package var events = 1024
    package var bytes = 1 << 20
    /// No event is kept for longer.
    package var age: Int64 = 300_000_000_000
    /// When a client of 2025-11-25 that lost its stream is to come again.
    package var retry: Int64 = 1_000_000_000

    package init() {}
}
