/// Who is at the other end, as far as a transport knows.
package struct Peer: Sendable {
    /// Requests with equal JSON-RPC ids on different channels are different requests (row equal-ids-two-clients): one number for
    /// each stdio connection; HTTP exchanges have one each, because ids of different POSTs may coincide.
    package let channel: UInt64
    package let isLoopback: Bool
    /// For logs.
    package let address: String
    /// Who it has proved to be, for this request; nil where nobody has to, and on local transports.
    package let identity: Identity?

    /// What belongs to somebody is bound to this; "" is anonymous.
    package var principal: String { identity?.principal ?? "" }

    package init(channel: UInt64, isLoopback: Bool, address: String, identity: Identity? = nil) {
        self.channel = channel
        self.isLoopback = isLoopback
        self.address = address
        self.identity = identity
    }

    package func asking(as identity: Identity?) -> Peer {
        Peer(channel: channel, isLoopback: isLoopback, address: address, identity: identity)
    }
}
