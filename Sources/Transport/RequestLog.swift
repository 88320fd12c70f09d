/// Hears what became of requests, for a log. Called on transport threads; must not block.
package protocol RequestLog: AnyObject, Sendable {
    /// Whether anybody wants to know of every request: looked at once for each, before anything is noted of it.
    var isWanted: Bool { get }
    /// It was answered, or its client is gone.
    func answered(_ record: RequestRecord)
    /// It was turned away for who asks. Comes whether every request is wanted or not, and as often as somebody likes.
    func refused(_ record: RequestRecord, why: String)
}
