import MCP

/// Request line and headers, as far as they matter here. Requests of a kept connection that begin with the same bytes share one.
final class RequestHead: Sendable {
    /// The methods of RFC 9110 and 5789, spelled as on the wire.
    enum Method: String, CaseIterable {
        case GET, HEAD, POST, PUT, DELETE, CONNECT, OPTIONS, TRACE, PATCH
    }

    let method: Method
    /// In origin form, with its query.
    let uri: String
    /// Of HTTP/1.
    let minorVersion: Int
    let headers: RequestHeaders
    /// What MCP gives a meaning of them.
    let facts: HTTPFacts

    init(method: Method = .GET, uri: String = "", minorVersion: Int = 1, headers: RequestHeaders = RequestHeaders()) {
        self.method = method
        self.uri = uri
        self.minorVersion = minorVersion
        self.headers = headers
        facts = headers.facts
    }
}
