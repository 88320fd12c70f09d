internal import AmbitPlugin

/// The wait of one call for something to happen to a process, or for its time to be up. What it takes belongs to the call's scope.
struct Wake: Sendable {
    private let subscription: Subscription
    private let timer: Timer?
    private let host: Host
    private let deadline: Int64?

    /// From now on nothing is missed: look at the store after this, then wait.
    init(_ call: Call, topic: String, seconds: Double?) throws(AmbitError) {
        let host = call.host
        let scope = Fault.abandonedFollowers ? host.scope : call.scope
        subscription = try scope.subscribe(topic, capacity: 1, overflow: .coalesce)
        self.host = host
        guard let seconds else {
            deadline = nil
            timer = nil
            return
        }
        let duration = Duration.seconds(seconds)
        deadline = host.now + Int64(seconds * 1e9)
        // Everybody who waits for this process looks once more; only who is late goes.
        timer = try call.scope.timer(after: duration, "time limit") { try? host.publish(topic, "") }
    }

    var isOver: Bool { deadline.map { host.now >= $0 } ?? false }

    /// Throws `CancellationError` when the call ends.
    func wait() async throws {
        guard try await subscription.next() != nil else { throw CancellationError() }
    }

    /// Gives everything back before the call ends.
    func close() {
        timer?.cancel()
        if !Fault.abandonedFollowers { subscription.close() }
    }
}
