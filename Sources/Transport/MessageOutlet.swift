/// Where messages outside of requests can go: a stream that a client holds open, or the one line stream of stdio. Safe on any thread.
package protocol MessageOutlet: AnyObject, Sendable {
    /// Queues one message, whole and without line break.
    func notify(_ message: [UInt8]) -> SendStatus
    /// Calls `ready` exactly once and never before it returns: true when there is room, false when the outlet is over.
    func whenWritable(_ ready: @escaping @Sendable (Bool) -> Void)
}
