/// How a process ended.
struct ProcessEnd: Equatable, Sendable {
    var wasStopped: Bool
    /// nil when a signal killed it, or nobody could find out.
    var exitCode: Int32?
    var signal: Int32?
    /// Nanoseconds since the Unix epoch.
    var time: Int64
}
