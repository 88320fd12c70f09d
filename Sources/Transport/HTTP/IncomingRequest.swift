/// A request while it is being read.
struct IncomingRequest {
    let head: RequestHead
    var headers: RequestHeaders { head.headers }
    var verdict: RequestGate.Verdict
    var body: [UInt8] = []
    /// Bytes of body that were read, kept or not.
    var read = 0
}
