/// Everything that local clients can make grow or last. Times in nanoseconds.
package struct LocalLimits: Sendable {
    package var connections = 256
    /// Of a request.
    package var lineBytes = 4 << 20
    /// From the connection to the end of the request line.
    package var requestDeadline: Int64 = 10_000_000_000
    /// Without a byte taken by the socket while bytes wait.
    package var writeDeadline: Int64 = 10_000_000_000
    /// From the last line to its end: for a client that reads, but hardly.
    package var flushDeadline: Int64 = 60_000_000_000
    /// Lines and bytes that wait for one client; its last line is taken in any case.
    package var queueItems = 64
    package var queueBytes = 1 << 20
    /// Bytes that wait for all clients; beyond it no further request is served.
    package var allBytes = 64 << 20

    package init() {}
}
