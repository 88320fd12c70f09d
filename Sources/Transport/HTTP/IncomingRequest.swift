import MCP

/// A request while it is being read: what serving it needs of its head.
struct IncomingRequest {
    let method: RequestHead.Method
    let uri: String
    let facts: HTTPFacts
    let contentLength: Int?
    let verdict: RequestGate.Verdict
    var body: [UInt8] = []
    /// Bytes of body that were read, kept or not.
    var read = 0

    init(_ head: RequestHead, _ verdict: RequestGate.Verdict) {
        method = head.method
        uri = head.uri
        facts = head.headers.facts
        contentLength = head.headers.contentLength
        self.verdict = verdict
    }
}
