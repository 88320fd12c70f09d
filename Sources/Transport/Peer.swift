/// Who is at the other end, as far as a transport knows.
package struct Peer: Sendable, Equatable {
    /// Requests with equal JSON-RPC ids on different channels are different requests (row equal-ids-two-clients): one number for
    /// each stdio connection; HTTP exchanges have one each, because ids of different POSTs may coincide.
    package let channel: UInt64
    package let isLoopback: Bool
    /// For logs.
    package let address: String

    package init(channel: UInt64, isLoopback: Bool, address: String) {
        self.channel = channel
        self.isLoopback = isLoopback
        self.address = address
    }
}
