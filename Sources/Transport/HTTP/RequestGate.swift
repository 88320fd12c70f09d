import MCP

/// The first steps of the ladder of DIGEST 1.6, all that can be said from the head alone: host and origin, path, method, content
/// type, accept, size. What is refused here allocates nothing (row rejected-request-allocates-nothing).
struct RequestGate {
    enum Verdict: Equatable {
        case message
        case openStream
        case endSession
        case page
        /// A browser asks what a page may send; answered without a body.
        case preflight([ResponseHeader])
        case refuse(HTTPRefusal)
    }

    let path: String
    /// Beside it, for GET and HEAD.
    let pages: [String]
    let guardian: HostGuard
    let maxBody: Int
    /// A kept connection repeats its headers: what was found good once is not parsed again.
    private var goodHost: [String]?
    private var goodOrigin: [String] = []
    private var goodAccept: [String]?
    private var goodType: String?
    private var judged: (head: RequestHead, verdict: Verdict)?

    init(path: String, pages: [String] = [], guardian: HostGuard, maxBody: Int) {
        self.path = path
        self.pages = pages
        self.guardian = guardian
        self.maxBody = maxBody
    }

    mutating func judge(_ head: RequestHead) -> Verdict {
        if let judged, judged.head === head { return judged.verdict }
        let verdict = decide(head, head.headers)
        judged = (head, verdict)
        return verdict
    }

    private mutating func decide(_ head: RequestHead, _ headers: RequestHeaders) -> Verdict {
        if goodHost != headers.host || goodOrigin != headers.origin {
            let verdict = guardian.check(host: headers.host, origin: headers.origin)
            if let status = verdict.httpStatus {
                let what = status == 421 ? "Host" : "Origin"
                return .refuse(
                    HTTPRefusal(
                        status: status,
                        message: "\(what) not allowed; start the server with --allowed-\(what == "Host" ? "host" : "origin") to accept it",
                        isForeign: true))
            }
            goodHost = headers.host
            goodOrigin = headers.origin
        }
        let isEndpoint = head.uri == path || (head.uri.hasPrefix(path) && head.uri.dropFirst(path.count).first == "?")
        guard isEndpoint else {
            guard head.method == .GET || head.method == .HEAD else {
                if pages.contains(where: { head.uri == $0 || (head.uri.hasPrefix($0) && head.uri.dropFirst($0.count).first == "?") }) {
                    return .refuse(
                        HTTPRefusal(status: 405, message: "This page is read with GET", headers: [ResponseHeader("Allow", "GET, HEAD")]))
                }
                return .refuse(HTTPRefusal(status: 404, message: "There is nothing here; the MCP endpoint is \(path)"))
            }
            return .page
        }
        switch head.method {
        case .POST: break
        case .GET:
            guard AcceptHeader(headers.accept).allows("text/event-stream") else {
                return .refuse(HTTPRefusal(status: 406, message: "GET needs Accept: text/event-stream"))
            }
            return .openStream
        case .DELETE: return .endSession
        default:
            return .refuse(
                HTTPRefusal(status: 405, message: "Method not allowed", headers: [ResponseHeader("Allow", "GET, POST, DELETE")]))
        }
        guard let type = headers.contentType else {
            return .refuse(HTTPRefusal(status: 415, message: "Content-Type must be application/json"))
        }
        if goodType != type {
            guard MediaType(type)?.isJSON == true else {
                return .refuse(HTTPRefusal(status: 415, message: "Content-Type must be application/json"))
            }
            goodType = type
        }
        if goodAccept != headers.accept {
            guard AcceptHeader(headers.accept).allowsMCP else {
                return .refuse(
                    HTTPRefusal(status: 406, message: "Accept must list application/json and text/event-stream"))
            }
            goodAccept = headers.accept
        }
        if let length = headers.contentLength, length > maxBody { return .refuse(.tooLarge(maxBody)) }
        return .message
    }
}
