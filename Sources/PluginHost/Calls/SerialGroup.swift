internal import Scopes

/// A serial group of one plugin instance: no two of its calls run at once (A8). A call holds its place until its scope has closed.
final class SerialGroup: Sendable {
    /// Calls that may wait.
    static let limit = 64

    let name: String
    private let queue = Lock(SerialQueue<Call>(limit: SerialGroup.limit))

    init(name: String) { self.name = name }

    func enter(_ call: Call) -> SerialQueue<Call>.Entry { queue.withLock { $0.enter(call) } }

    /// The call's scope has closed: it leaves its place, or the queue.
    func leave(_ call: Call) {
        enum Outcome: Sendable { case left, next(Call?) }
        let outcome = queue.withLock { queue -> Outcome in
            if queue.withdraw(where: { $0 === call }) { return .left }
            return .next(queue.leave())
        }
        if case .next(let next?) = outcome { next.start(onCallersThread: false) }
    }
}
