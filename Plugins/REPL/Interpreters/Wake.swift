internal import AmbitPlugin

/// A wait for something to happen to an interpreter, or for a time to be up. What it takes belongs to a scope of whoever waits.
struct Wake: Sendable {
    private let subscription: Subscription
    private let timer: Timer
    private let host: Host
    private let deadline: Int64

    /// From now on nothing is missed: look at the interpreter after this, then wait.
    init(_ interpreter: Interpreter, in scope: Scope, limit: Duration) throws(AmbitError) {
        let (host, topic) = (interpreter.host, interpreter.topic)
        subscription = try scope.subscribe(topic, capacity: 1, overflow: .coalesce)
        self.host = host
        let (seconds, attoseconds) = limit.components
        deadline = host.now + seconds * 1_000_000_000 + attoseconds / 1_000_000_000
        // Everybody who waits here looks once more; only who is late goes.
        timer = try scope.timer(after: limit, "time limit") { try? host.publish(topic, "") }
    }

    var isOver: Bool { host.now >= deadline }

    /// Throws `CancellationError` when the scope ends.
    func wait() async throws {
        guard try await subscription.next() != nil else { throw CancellationError() }
    }

    func close() {
        timer.cancel()
        subscription.close()
    }
}
