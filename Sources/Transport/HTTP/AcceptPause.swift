import NIOCore
import Scopes

/// Stops accepting for a moment when the kernel refuses, which it does when the process has no descriptor left.
///
/// A connection that can't be accepted stays ready: without the pause the event loop is told of it again and again, and burns a core
/// (row descriptor-exhaustion-recovers). NIO's own `AcceptBackoffHandler` does not help: a failed accept leaves its read pending.
final class AcceptPause: ChannelInboundHandler {
    typealias InboundIn = any NIOCore.Channel

    private static let length = TimeAmount.milliseconds(100)

    private let ledger: Ledger
    private var resumption: Scheduled<Void>?

    init(ledger: Ledger) { self.ledger = ledger }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is IOError, !Fault.isOn("descriptor-exhaustion-recovers") else { return context.fireErrorCaught(error) }
        guard resumption == nil else { return }
        ledger.count("connections.deferred")
        accept(context, false)
        resumption = context.eventLoop.assumeIsolated().scheduleTask(in: Self.length) {
            self.resumption = nil
            self.accept(context, true)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        resumption?.cancel()
        resumption = nil
        context.fireChannelInactive()
    }

    private func accept(_ context: ChannelHandlerContext, _ isOn: Bool) {
        try? context.channel.syncOptions?.setOption(.autoRead, value: isOn)
    }
}
