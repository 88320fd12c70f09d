import JSON

/// All that a handler's request knows of its client: from `_meta` (modern) or from the session (legacy).
package final class RequestContext: Sendable {
    package let version: ProtocolVersion
    package let client: ClientDescription
    /// The least severe level that may be sent; nil: none at all.
    package let logLevel: LogLevel?
    /// Nil: the client doesn't want progress.
    package let progressToken: ProgressToken?
    package let trace: TraceContext?

    package init(
        version: ProtocolVersion, client: ClientDescription, logLevel: LogLevel?, progressToken: ProgressToken? = nil,
        trace: TraceContext? = nil
    ) {
        self.version = version
        self.client = client
        self.logLevel = logLevel
        self.progressToken = progressToken
        self.trace = trace
    }

    package var era: Era { version.era }

    /// Whether a log message of this level may be sent to the client of this request.
    package func admits(_ level: LogLevel) -> Bool { logLevel.map { level >= $0 } ?? false }
}
