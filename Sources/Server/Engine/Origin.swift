import MCP
import PluginHost
import Transport

/// Where a message came from, as far as serving it depends on that.
struct Origin: Sendable {
    enum Way: Sendable {
        case stdio
        case http(HTTPFacts)
        /// The control socket: an operator's own, without the headers of a client.
        case control
    }

    let way: Way
    let peer: Peer
    /// The live legacy session that it names, or that its connection has.
    let session: ProtocolSession?

    var isStdio: Bool {
        if case .stdio = way { return true }
        return false
    }

    /// What ids of requests are unique in: the stdio connection, or the legacy session. Nil for modern HTTP, where nothing refers to a
    /// request by its id.
    var owner: UInt64? {
        if isStdio { return 0 }
        return session?.host.key
    }
}
