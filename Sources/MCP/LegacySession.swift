/// What a legacy client negotiated: plain state, owned and guarded by the server's session.
package struct LegacySession: Sendable {
    package let version: ProtocolVersion
    package let client: ClientDescription
    /// Whether `notifications/initialized` came. Requests are served without it: clients race the two.
    package var isInitialized = false
    /// The threshold for log notifications. Until `logging/setLevel` the server may choose, and chooses info.
    package var logLevel: LogLevel = .info

    package init(_ initialization: Initialization) {
        version = initialization.version
        client = initialization.client.detached()
    }

    /// What a request in this session knows.
    func context(of inbound: Inbound, logging: Bool, token: ProgressToken?) -> RequestContext {
        RequestContext(
            version: version, client: client, logLevel: logging ? logLevel : nil, progressToken: token,
            trace: TraceContext(inbound.meta))
    }
}
