import NIOHTTP1

/// A request while it is being read.
struct IncomingRequest {
    let head: HTTPRequestHead
    let headers: RequestHeaders
    var verdict: RequestGate.Verdict
    var body: [UInt8] = []
    /// Bytes of body that were read, kept or not.
    var read = 0
}
