package import MCP

/// How the HTTP server listens.
package struct HTTPConfiguration: Sendable {
    package var host: String
    /// 0: any free port.
    package var port: Int
    /// The MCP endpoint.
    package var path: String
    /// Pages beside it, which are read with GET.
    package var pages: [String] = []
    package var guardian: HostGuard
    package var limits: HTTPLimits
    package var threads: Int
    /// Nil: everybody may ask.
    package var access: (any AccessControl)?
    /// Nil: nobody keeps a log of requests.
    package var requests: (any RequestLog)?
    /// Nil: no page in a browser may read answers.
    package var crossOrigin: CrossOrigin?
    /// Nil: plain HTTP.
    package var certificates: TLSCertificates?

    package init(
        host: String = "127.0.0.1", port: Int = 7777, path: String = "/mcp", guardian: HostGuard = HostGuard(),
        limits: HTTPLimits = HTTPLimits(), threads: Int = 1
    ) {
        self.host = host
        self.port = port
        self.path = path
        self.guardian = guardian
        self.limits = limits
        self.threads = threads
    }
}
