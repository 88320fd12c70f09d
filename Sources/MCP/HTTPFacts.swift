import JSON
import Synchronization

/// The headers that MCP gives a meaning, as the HTTP parser found them: one element for each header line. Requests of a kept connection
/// with the same headers may share one.
package final class HTTPFacts: Sendable {
    /// `MCP-Protocol-Version`.
    package let protocolVersion: [String]
    /// `Mcp-Session-Id`.
    package let sessionID: String?
    /// `Last-Event-ID`: the last event of a stream that the client goes on with.
    package let lastEventID: String?
    /// `Mcp-Method`.
    package let method: [String]
    /// `Mcp-Name`.
    package let name: [String]
    /// `Mcp-Param-…`, with the whole name in lower case.
    package let parameters: [(name: String, value: String)]

    /// What the first modern request with these headers said of itself; the others mostly say the same.
    /// Set once and owned, until this ends. (`AtomicLazyReference` is not specialised: 600 instructions for each load.)
    private let envelope = Atomic<Unmanaged<ModernEnvelope>?>(nil)

    package init(
        protocolVersion: [String] = [], sessionID: String? = nil, lastEventID: String? = nil, method: [String] = [],
        name: [String] = [], parameters: [(name: String, value: String)] = []
    ) {
        self.protocolVersion = protocolVersion
        self.sessionID = sessionID
        self.lastEventID = lastEventID
        self.method = method
        self.name = name
        self.parameters = parameters
    }

    /// What `_meta` comes to, if it was checked with these headers before.
    func known(_ meta: JSONValue) -> RequestContext? {
        guard let envelope = envelope.load(ordering: .acquiring) else { return nil }
        return envelope._withUnsafeGuaranteedRef { $0.isSame(meta) ? $0.context : nil }
    }

    /// Remembers that a whole `_meta` went with these headers.
    func remember(_ meta: JSONValue, _ context: RequestContext) {
        guard envelope.load(ordering: .relaxed) == nil, let made = ModernEnvelope(meta, context) else { return }
        let owned = Unmanaged.passRetained(made)
        if !envelope.compareExchange(expected: nil, desired: owned, ordering: .acquiringAndReleasing).exchanged { owned.release() }
    }

    deinit { envelope.load(ordering: .acquiring)?.release() }

    /// The version that the header names, white space around it removed; nil without the header. A repeated header
    /// gives what it would as a list, which no version equals.
    var version: String? {
        switch protocolVersion.count {
        case 0: nil
        case 1: HeaderValue.trimmed(protocolVersion[0])
        default: protocolVersion.map { HeaderValue.trimmed($0) }.joined(separator: ", ")
        }
    }
}
