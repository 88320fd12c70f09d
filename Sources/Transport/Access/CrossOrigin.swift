package import MCP

/// CORS for pages that the operator has listed, and for no others (DIGEST section 7). It only tells browsers what the check of Origin has
/// allowed already: without it a listed page could send requests and not read the answers.
package struct CrossOrigin: Sendable {
    private let guardian: HostGuard

    /// What a page may send beside what browsers always allow.
    private static let requestHeaders = [
        "Content-Type", "Accept", "Authorization", "Mcp-Session-Id", "MCP-Protocol-Version", "Last-Event-ID", "Mcp-Method", "Mcp-Name",
    ]
    /// Of `Mcp-Param-…`, which have no fixed names and are echoed.
    private static let mostParameters = 64
    /// How long a browser may remember a preflight, seconds.
    private static let maxAge = "600"

    package init(_ guardian: HostGuard) { self.guardian = guardian }

    /// Headers of whatever answer to a request with this Origin. Caches are told that it makes a difference, where there is none too.
    func headers(origin: [String]) -> [ResponseHeader] {
        guard let page = guardian.listedOrigin(origin) else { return [ResponseHeader("Vary", "Origin")] }
        return [
            ResponseHeader("Access-Control-Allow-Origin", page),
            ResponseHeader("Access-Control-Expose-Headers", "Mcp-Session-Id, WWW-Authenticate, MCP-Protocol-Version"),
            ResponseHeader("Vary", "Origin"),
        ]
    }

    /// What a preflight is answered with beside `headers`; nil where the request is none, or its page not listed.
    func preflight(_ head: RequestHead, origin: [String]) -> [ResponseHeader]? {
        guard head.method == .OPTIONS, guardian.listedOrigin(origin) != nil,
            head.headers.isPreflight
        else { return nil }
        let wanted = head.headers.preflightHeaders.flatMap { $0.split(separator: ",") }
            .map { String($0.drop(while: { $0 == " " })) }
        let parameters = wanted.filter(Self.isParameter).prefix(Self.mostParameters)
        return [
            ResponseHeader("Access-Control-Allow-Methods", "GET, POST, DELETE"),
            ResponseHeader("Access-Control-Allow-Headers", (Self.requestHeaders + parameters).joined(separator: ", ")),
            ResponseHeader("Access-Control-Max-Age", Self.maxAge),
        ]
    }

    private static func isParameter(_ name: String) -> Bool {
        name.utf8.count > 10 && name.lowercased().hasPrefix("mcp-param-")
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }
}
