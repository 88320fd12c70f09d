/// The events of a topic, in order, each with the count of those lost right before it. Owned by the scope that subscribed.
public struct Subscription: AsyncSequence, Promotable {
    public typealias Element = Event

    /// Its identity (S18).
    public let handle: UInt64
    let runtime: HostRuntime

    private struct Answer: Sendable {
        let status: Status
        let event: Event?
    }

    /// The next event; nil when the subscription has ended. Throws `CancellationError`; an event is never lost by that.
    public func next() async throws -> Event? {
        try Task.checkCancellation()
        let (handle, runtime) = (handle, runtime)
        let wait = HostWait<Answer>()
        let answer = await wait.answer { wait in
            let context = Unmanaged.passRetained(wait)
            var waiter: UInt64 = 0
            let status = Status(
                rawValue: runtime.tables.bus.next(
                    handle, context.toOpaque(),
                    { context, status, event in
                        guard let context else { return }
                        Unmanaged<HostWait<Answer>>.fromOpaque(context).takeRetainedValue()
                            .resolve(Answer(status: Status(rawValue: status), event: event.map { Event($0.pointee) }))
                    }, &waiter))
            guard status == .ok else {
                context.release()
                return .refused(Answer(status: status, event: nil))
            }
            return .waiting(waiter)
        } end: { waiter in
            _ = runtime.tables.bus.cancel_wait(handle, waiter)
        }
        if answer.status == .cancelled { throw CancellationError() }
        return answer.event
    }

    public func close() { _ = runtime.tables.bus.close(handle) }

    public func makeAsyncIterator() -> Iterator { Iterator(subscription: self) }

    public struct Iterator: AsyncIteratorProtocol {
        let subscription: Subscription

        public mutating func next() async throws -> Event? { try await subscription.next() }
    }
}
