import NIOCore
import Scopes

/// The listening socket: it goes first, before anything else ends (S6 quiesce).
final class ListenerResource: Resource, @unchecked Sendable {  // the lock guards `channel`
    private let channel = Lock<(any NIOCore.Channel)?>(nil)

    init(_ name: String) { super.init(.listener, label: name) }

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
