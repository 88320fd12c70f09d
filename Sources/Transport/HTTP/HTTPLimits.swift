/// Everything that a client of the HTTP server can make grow or last, with its default. Times in nanoseconds.
package struct HTTPLimits: Sendable {
    package var body = 4 << 20
    package var headerBytes = 16 << 10
    package var headerFields = 128
    /// For the first head after the connection was accepted, and for the rest of a body once its head was read.
    package var readDeadline: Int64 = 30_000_000_000
    /// Between requests on a kept connection, up to the end of the next head.
    package var idle: Int64 = 75_000_000_000
    package var connections = 16_384
    /// Bytes that were read ahead of their turn on one connection. The socket is not read meanwhile: this bounds what one read may bring.
    package var readAhead = 256 << 10
    /// Messages and bytes that wait for one client.
    package var queueItems = 256
    package var queueBytes = 1 << 20
    /// Without a byte taken by the socket while bytes wait.
    package var writeDeadline: Int64 = 10_000_000_000
    /// A response without a byte for so long becomes a stream, or gets a comment.
    package var keepAlive: Int64 = 15_000_000_000
    /// How long input is discarded after a refusal that did not wait for the whole request.
    package var linger: Int64 = 2_000_000_000

    package init() {}
}
