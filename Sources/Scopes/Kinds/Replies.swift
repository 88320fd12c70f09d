/// All open reply slots of a server by their names: where answers come in.
///
/// Owns nothing: a slot belongs to its scope and leaves when it has its outcome.
package final class Replies: Sendable {
    private struct State {
        var open: [ReplyKey: Reply] = [:]
        // The latest slots that have left, in a ring: a second or late answer is told from a stranger's.
        var left: Set<ReplyKey> = []
        var ring: [ReplyKey] = []
        var oldest = 0
    }

    private let ledger: Ledger
    private let state = Lock(State())

    init(_ ledger: Ledger) { self.ledger = ledger }

    /// How many slots wait for their answer.
    package var count: Int { state.withLock { $0.open.count } }

    /// Answers a slot, from any thread. False: there is none of this name, or it has its outcome already; then the answer is dropped
    /// and counted, as `replies.late` or `replies.unknown`.
    @discardableResult
    package func resolve(id: String, payload: [UInt8]) -> Bool {
        guard let key = ReplyKey(id) else {
            ledger.count("replies.unknown")
            return false
        }
        let (reply, isLate) = state.withLock { ($0.open[key], $0.left.contains(key)) }
        if let reply, reply.settle(.value(payload)) { return true }
        if reply != nil || isLate { ledger.count("replies.late") } else { ledger.count("replies.unknown") }
        return false
    }

    func enter(_ reply: Reply) { state.withLock { $0.open[reply.key] = reply } }

    func leave(_ reply: Reply) {
        state.withLock { state in
            guard state.open.removeValue(forKey: reply.key) != nil else { return }
            state.left.insert(reply.key)
            if state.ring.count < ReplyKey.remembered {
                state.ring.append(reply.key)
            } else {
                state.left.remove(state.ring[state.oldest])
                state.ring[state.oldest] = reply.key
                state.oldest = (state.oldest + 1) % state.ring.count
            }
        }
    }
}
