import MCP
import NIOCore

/// A connection beyond the limit: its first request is answered with 503, whatever it asks for, and the connection is closed. Nothing of what it
/// sends is looked at. What still comes is discarded for a moment: closing at once would reset the connection, and could take the answer with it.
final class ConnectionRefusal: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// So many at once, of all clients; the next ones are closed without a word. They cost a descriptor each.
    static let most = 64
    /// Nanoseconds that a client has for its request, whatever `linger` is.
    private static let leastTime: Int64 = 250_000_000
    /// Bytes that are discarded.
    private static let maximalInput = 64 << 10

    private let limits: HTTPLimits
    private let gauges: TransportGauges
    private var received = 0
    private var end: Scheduled<Void>?

    init(_ limits: HTTPLimits, _ gauges: TransportGauges) {
        self.limits = limits
        self.gauges = gauges
    }

    func handlerAdded(context: ChannelHandlerContext) {
        end = context.eventLoop.assumeIsolated().scheduleTask(in: .nanoseconds(max(limits.linger, Self.leastTime))) {
            context.close(promise: nil)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) { end?.cancel() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let isFirst = received == 0
        received += unwrapInboundIn(data).readableBytes
        guard received <= Self.maximalInput else { return context.close(promise: nil) }
        if isFirst { answer(context) }
    }

    private func answer(_ context: ChannelHandlerContext) {
        let limit = ReachedLimit("\(limits.connections) connections are open", value: limits.connections, setting: "max-connections")
        let error = ProtocolError.limit(limit)
        var date = DateStamp()
        date.refresh()
        gauges.responses.add(503 - 100)
        var out = context.channel.allocator.buffer(capacity: 512)
        ResponseBytes.write(
            status: 503, contentType: "application/json", headers: [ResponseHeader("Retry-After", "\(error.retryAfter ?? 1)")],
            body: MessageEncoder.error(id: nil, error), close: true, keepAliveHeader: false, date: date, into: &out)
        let promise = context.eventLoop.makePromise(of: Void.self)
        context.writeAndFlush(wrapOutboundOut(out), promise: promise)
        promise.futureResult.assumeIsolated().whenComplete { _ in context.close(mode: .output, promise: nil) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed? = event as? ChannelEvent else { return context.fireUserInboundEventTriggered(event) }
        context.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
