/// What the transports hold at this instant (S15). One per server.
package final class TransportGauges: Sendable {
    /// Accepted and not yet closed connections.
    package let connections = Gauge()
    /// Responses that became event streams and have not ended.
    package let streams = Gauge()
    /// Requests read whole whose answer has not been written.
    package let exchanges = Gauge()
    /// Bytes of messages that wait for their client to read.
    package let queuedBytes = Gauge()
    /// HTTP responses that were begun, by status less 100.
    package let responses = CounterRow(count: 500)

    package init() {}
}
