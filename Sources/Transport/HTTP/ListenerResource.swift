import NIOCore
import Scopes

/// The listening socket: it goes first, before anything else ends (S6 quiesce).
final class ListenerResource: Resource, @unchecked Sendable {  // the lock guards `channel`
    private let channel = Lock<(any NIOCore.Channel)?>(nil)

    init() { super.init(.listener) }

    /// Where it listens, the port that was asked for or, for 0, that was found.
    override var describe: String {
        guard let address = channel.withLock({ $0 })?.localAddress else { return "not bound" }
        return "\(address.ipAddress ?? ""):\(address.port ?? 0)"
    }

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
