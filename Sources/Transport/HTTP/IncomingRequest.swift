/// A request while it is being read.
struct IncomingRequest {
    let head: RequestHead
    let verdict: RequestGate.Verdict
    var body: [UInt8] = []
    /// Bytes of body that were read, kept or not.
    var read = 0

    init(_ head: RequestHead, _ verdict: RequestGate.Verdict) {
        self.head = head
        self.verdict = verdict
    }
}
