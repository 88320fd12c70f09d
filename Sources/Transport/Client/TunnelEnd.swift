import NIOCore
import NIOTLS

/// One of two channels on one event loop that carry each other's bytes. Neither reads while the other does not take what it was given.
final class TunnelEnd: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var handshake: EventLoopPromise<Void>?
    private var other: TunnelEnd?
    private var context: ChannelHandlerContext?
    private var heldRead = false

    /// - Parameter handshake: of TLS, where that is below this end.
    init(_ handshake: EventLoopPromise<Void>?) { self.handshake = handshake }

    func meet(_ end: TunnelEnd) {
        other = end
        end.other = self
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { gone() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { other?.context?.write(data, promise: nil) }

    func channelReadComplete(context: ChannelHandlerContext) { other?.context?.flush() }

    func channelInactive(context: ChannelHandlerContext) {
        handshake.take()?.fail(ChannelError.eof)
        gone()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted? = event as? TLSUserEvent { handshake.take()?.succeed() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        handshake.take()?.fail(error)
        context.close(promise: nil)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        guard context.channel.isWritable, let other, other.heldRead else { return }
        other.heldRead = false
        other.context?.read()
    }

    func read(context: ChannelHandlerContext) {
        if let there = other?.context, !there.channel.isWritable { heldRead = true } else { context.read() }
    }

    /// What the other end was given goes out before it closes.
    private func gone() {
        context = nil
        guard let other = other.take() else { return }
        other.other = nil
        guard let there = other.context else { return }
        let rest = there.eventLoop.makePromise(of: Void.self)
        rest.futureResult.assumeIsolated().whenComplete { _ in there.close(promise: nil) }
        there.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: rest)
    }
}
