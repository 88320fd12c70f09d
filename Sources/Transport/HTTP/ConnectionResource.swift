import NIOCore
package import Scopes

extension Kind {
    /// An accepted HTTP connection.
    package static let connection = Kind("connection", phase: .reap)
    /// A listening socket.
    package static let listener = Kind("listener", phase: .reap)
}

/// What the tree knows of one connection. It ends after the answer under way was sent, at the soft deadline in any case (S6, S7).
final class ConnectionResource: Resource, @unchecked Sendable {  // immutable beside what Resource guards
    private let channel: any NIOCore.Channel

    init(_ channel: any NIOCore.Channel, label: String) {
        self.channel = channel
        super.init(.connection, label: label)
    }

    /// The calls are cancelled in the same phase: their answers come, then the connection closes by itself.
    override func cancel(_ reason: Reason) {
        guard !Fault.isOn("stop-with-clients-attached") else { return }
        channel.pipeline.fireUserInboundEventTriggered(HTTPConnection.Stop())
    }

    override func force(_ reason: Reason) {
        guard !Fault.isOn("stop-with-clients-attached") else { return }
        channel.close(promise: nil)
    }

    override func undo(_ reason: Reason) { channel.close(promise: nil) }

    override func abandoned(_ reason: Reason) { channel.close(promise: nil) }
}

/// The listening socket: it goes first, before anything else ends (S6 quiesce).
final class ListenerResource: Resource, @unchecked Sendable {  // the lock guards `channel`
    private let channel = Lock<(any NIOCore.Channel)?>(nil)

    init(label: String) { super.init(.listener, label: label) }

    func bound(_ channel: any NIOCore.Channel) {
        self.channel.withLock { $0 = channel }
        channel.closeFuture.whenComplete { _ in self.ended() }
    }

    override func quiesce(_ reason: Reason) { close() }
    override func cancel(_ reason: Reason) { close() }
    override func undo(_ reason: Reason) { close() }

    private func close() {
        let channel = self.channel.withLock { $0 }
        channel?.close(promise: nil)
    }
}
