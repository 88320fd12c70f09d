/// The reserved names in `_meta` (DIGEST 1.3).
enum MetaKey {
    static let protocolVersion: StaticString = "io.modelcontextprotocol/protocolVersion"
    static let clientCapabilities: StaticString = "io.modelcontextprotocol/clientCapabilities"
    static let clientInfo: StaticString = "io.modelcontextprotocol/clientInfo"
    static let logLevel: StaticString = "io.modelcontextprotocol/logLevel"
    static let serverInfo: StaticString = "io.modelcontextprotocol/serverInfo"
    static let subscriptionID: StaticString = "io.modelcontextprotocol/subscriptionId"
    static let progressToken: StaticString = "progressToken"
    static let traceparent: StaticString = "traceparent"
    static let tracestate: StaticString = "tracestate"
    static let baggage: StaticString = "baggage"
}
