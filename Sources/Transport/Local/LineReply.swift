/// What may be sent to a local client for its one request. Safe on any thread.
///
/// `finish` ends it; whatever comes later is dropped.
package protocol LineReply: AnyObject, Sendable {
    /// Queues one line, without its line break. `.full`: the client reads too slowly, nothing was taken.
    func send(_ line: [UInt8]) -> SendStatus
    /// The last line. It is taken however much waits.
    func finish(_ line: [UInt8])
    /// Calls `ready` exactly once and never before it returns: true when there is room, false when nothing can be sent any more.
    func whenWritable(_ ready: @escaping @Sendable (Bool) -> Void)
    /// Called once, on the host's executor, if the client takes its request back (it closes the side that it sends on) or is gone before the
    /// last line. The reply must still be finished.
    func onCancel(_ handler: @escaping @Sendable () -> Void)
}

/// What a local server serves.
package protocol LineService: AnyObject, Sendable {
    /// A client's request line, on the host's executor. The reply is finished exactly once, on any thread.
    func serve(_ line: [UInt8], reply: any LineReply)
    /// What a client is told whose request is not even looked at.
    func refusal(_ why: LineRefusal) -> [UInt8]
}

/// Why a request is not looked at.
package enum LineRefusal: Sendable, Equatable {
    /// Longer than so many bytes.
    case tooLong(Int)
    /// So much waits for other clients that no further answer is made.
    case busy
}
