import Scopes

/// What the tree knows of one connection. It ends after the answer under way was sent, at the soft deadline in any case (S6, S7).
final class ConnectionResource: Resource, @unchecked Sendable {  // immutable beside what Resource guards
    private let stop: @Sendable () -> Void
    private let close: @Sendable () -> Void

    /// - Parameters:
    ///   - stop: closes as soon as no answer is due; must not block.
    ///   - close: closes at once.
    init(_ name: String, stop: @escaping @Sendable () -> Void, close: @escaping @Sendable () -> Void) {
        self.stop = stop
        self.close = close
        super.init(.connection, label: name)
    }

    /// The calls are cancelled in the same phase: their answers come, then the connection closes by itself.
    override func cancel(_ reason: Reason) {
        guard !Fault.isOn("stop-with-clients-attached") else { return }
        stop()
    }

    override func force(_ reason: Reason) {
        guard !Fault.isOn("stop-with-clients-attached") else { return }
        close()
    }

    override func undo(_ reason: Reason) { close() }

    override func abandoned(_ reason: Reason) { close() }
}
