/// A port or a local socket that a scope owns. The host waits for connections; when the scope closes, the port is given back first of all.
public struct Listener: Promotable {
    /// nil for a local socket.
    public let port: Int?
    /// Its identity (S18).
    public let handle: UInt64
    let table: ambit_host_listener
    let descriptors: ambit_host_descriptor

    private typealias Outcome = Result<ambit_descriptor, AmbitError>

    /// Waits for the next connection and makes `scope` own it, before anybody sees it. Its descriptor doesn't block. One wait at a time.
    ///
    /// nil when the listener has closed. Throws `CancellationError`; a connection is never lost by that.
    public func accept(into scope: Scope) async throws -> Descriptor? {
        try Task.checkCancellation()
        let (handle, table) = (handle, table)
        let outcome = await HostWait<Outcome>().answer { wait in
            let context = Unmanaged.passRetained(wait)
            var waiter: UInt64 = 0
            do throws(AmbitError) {
                try AmbitError.check { error in
                    table.accept(
                        handle, scope.handle, context.toOpaque(),
                        { context, status, connection in
                            guard let context else { return }
                            let status = Status(rawValue: status)
                            Unmanaged<HostWait<Outcome>>.fromOpaque(context).takeRetainedValue()
                                .resolve(status == .ok ? .success(connection) : .failure(AmbitError(status)))
                        }, &waiter, error)
                }
                return .waiting(waiter)
            } catch {
                context.release()
                return .refused(.failure(error))
            }
        } end: { waiter in
            _ = table.cancel_wait(handle, waiter)
        }
        switch outcome {
        case .success(let connection):
            return Descriptor(handle: connection, table: descriptors)
        case .failure(let error) where error.status == .closed || error.status == .staleHandle:
            try Task.checkCancellation()
            return nil
        case .failure(let error):
            throw error.asWaitError
        }
    }

    /// The connections one after the other, each owned by `scope`, until the listener closes.
    public func connections(into scope: Scope) -> Connections { Connections(listener: self, scope: scope) }

    public func close() { _ = table.close(handle) }

    public struct Connections: AsyncSequence, Sendable {
        public typealias Element = Descriptor

        let listener: Listener
        let scope: Scope

        public func makeAsyncIterator() -> Iterator { Iterator(listener: listener, scope: scope) }

        public struct Iterator: AsyncIteratorProtocol {
            let listener: Listener
            let scope: Scope

            public mutating func next() async throws -> Descriptor? { try await listener.accept(into: scope) }
        }
    }
}
