/// A bounded queue inside one plugin, owned by the scope that opened it. As a sequence it gives its items until it is closed and drained;
/// several receivers are served in order.
public struct Channel<Value: Sendable>: AsyncSequence, Promotable {
    public typealias Element = Received<Value>

    /// Its identity (S18).
    public let handle: UInt64
    let runtime: HostRuntime

    /// The host keeps items as pointers and never reads behind them.
    private final class Item: Sendable {
        let value: Value
        init(_ value: Value) { self.value = value }
    }

    /// Sends; where the queue is full and overflow is `.wait`, waits for room. Throws `.closed`, or `.full` for `.fail`.
    ///
    /// Throws `CancellationError` when the task is cancelled while it waits; the item is not delivered then.
    ///
    /// - Parameters:
    ///   - size: in bytes, for a channel that counts them.
    ///   - key: for `.coalesce`.
    public func send(_ value: Value, size: Int = 0, key: UInt64 = 0) async throws {
        try Task.checkCancellation()
        let item = SentItem(Unmanaged.passRetained(Item(value)).toOpaque())
        let (handle, runtime) = (handle, runtime)
        let status = await HostWait<Status>().answer { wait in
            let context = Unmanaged.passRetained(wait)
            var waiter: UInt64 = 0
            let status = Status(
                rawValue: runtime.tables.channel.send(
                    handle, item.pointer, UInt64(Swift.max(0, size)), key, context.toOpaque(),
                    { context, status in
                        guard let context else { return }
                        Unmanaged<HostWait<Status>>.fromOpaque(context).takeRetainedValue()
                            .resolve(Status(rawValue: status))
                    }, &waiter))
            guard status == .full, waiter != 0 else {
                context.release()
                return .refused(status)
            }
            return .waiting(waiter)
        } end: { waiter in
            _ = runtime.tables.channel.cancel_wait(handle, waiter)
        }
        guard status != .ok else { return }
        item.release()
        if status == .cancelled { throw CancellationError() }
        throw AmbitError(status, "the channel did not take the item: \(status)").asWaitError
    }

    /// Sends without waiting: `.ok`, `.full` or `.closed`. Any thread.
    public func trySend(_ value: Value, size: Int = 0, key: UInt64 = 0) -> Status {
        let item = Unmanaged.passRetained(Item(value))
        let status = Status(
            rawValue: runtime.tables.channel.try_send(handle, item.toOpaque(), UInt64(Swift.max(0, size)), key))
        if status != .ok { item.release() }
        return status
    }

    /// Receives; nil when the channel is closed and drained. Throws `CancellationError`; an item is never lost by that.
    public func receive() async throws -> Received<Value>? {
        try Task.checkCancellation()
        if let received = tryReceive() { return received }
        let (handle, runtime) = (handle, runtime)
        let wait = HostWait<ChannelAnswer>()
        let answer = await wait.answer { wait in
            let context = Unmanaged.passRetained(wait)
            var waiter: UInt64 = 0
            let status = Status(
                rawValue: runtime.tables.channel.receive(
                    handle, context.toOpaque(),
                    { context, status, item, dropped in
                        guard let context else { return }
                        Unmanaged<HostWait<ChannelAnswer>>.fromOpaque(context).takeRetainedValue()
                            .resolve(ChannelAnswer(status: Status(rawValue: status), item: item, dropped: dropped))
                    }, &waiter))
            guard status == .ok else {
                context.release()
                return .refused(ChannelAnswer(status: status, item: nil, dropped: 0))
            }
            return .waiting(waiter)
        } end: { waiter in
            _ = runtime.tables.channel.cancel_wait(handle, waiter)
        }
        switch answer.status {
        case .ok: return take(answer.item, answer.dropped)
        case .cancelled: throw CancellationError()
        default: return nil
        }
    }

    /// Receives without waiting; nil when nothing is queued.
    public func tryReceive() -> Received<Value>? {
        var item: UnsafeMutableRawPointer?
        var dropped: UInt64 = 0
        guard runtime.tables.channel.try_receive(handle, &item, &dropped) == Status.ok.rawValue else { return nil }
        return take(item, dropped)
    }

    /// No more sends; receivers get what is queued, then the end.
    public func finish() { _ = runtime.tables.channel.finish(handle) }

    /// Ends it at once: what is queued is freed, receivers get the end.
    public func close() { _ = runtime.tables.channel.close(handle) }

    public func makeAsyncIterator() -> Iterator { Iterator(channel: self) }

    public struct Iterator: AsyncIteratorProtocol {
        let channel: Channel

        public mutating func next() async throws -> Received<Value>? { try await channel.receive() }
    }

    private func take(_ item: UnsafeMutableRawPointer?, _ dropped: UInt64) -> Received<Value>? {
        guard let item else { return nil }
        return Received(value: Unmanaged<Item>.fromOpaque(item).takeRetainedValue().value, dropped: dropped)
    }
}

/// What the host answers to a receive. The item, if there is one, belongs to whoever gets this.
struct ChannelAnswer: @unchecked Sendable {  // an item is a retained object whose value is Sendable
    let status: Status
    let item: UnsafeMutableRawPointer?
    let dropped: UInt64
}

/// An item on its way into a channel.
private struct SentItem: @unchecked Sendable {  // a retained object whose value is Sendable
    let pointer: UnsafeMutableRawPointer

    init(_ pointer: UnsafeMutableRawPointer) { self.pointer = pointer }

    /// The channel did not take it.
    func release() { Unmanaged<AnyObject>.fromOpaque(pointer).release() }
}
