/// The headers that MCP gives a meaning, as the HTTP parser found them: one element for each header line.
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
