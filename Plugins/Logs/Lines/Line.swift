/// A line of output as it leaves the store.
struct Line: Equatable, Sendable {
    /// Its number in the output of its process, from 1; never reused, also when lines are dropped.
    let cursor: Int
    let stream: OutputStream
    /// When it was read, in nanoseconds since the Unix epoch.
    let time: Int64
    let text: String
}
