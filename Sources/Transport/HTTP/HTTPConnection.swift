import MCP
import NIOCore
import Scopes

/// One accepted connection: reads requests, hands them to the service one at a time and in order, and writes what the exchange's
/// queue gives while the socket accepts bytes. Confined to its event loop.
///
/// Reading stops while a request is answered, so a client can't make this side buffer more than one read ahead; that the peer closed is
/// noticed all the same, because the end of input is watched for on its own.
///
/// Accesses to the state of the hot path are not checked for overlap at run time, three dozen checks for each request: no access spans a
/// call out of this class.
final class HTTPConnection: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Sent through the pipeline when the server stops (S6): answer what is under way, then close.
    struct Stop: Sendable {}

    let service: any Service
    let limits: HTTPLimits
    let gauges: TransportGauges
    let ledger: Ledger
    let stopSign: StopSign
    let turn: LoopTurn
    @exclusivity(unchecked) var gate: RequestGate
    let peer: Peer
    /// Nil: everybody may ask.
    let access: (any AccessControl)?
    let crossOrigin: CrossOrigin?
    let requests: (any RequestLog)?

    // Of the current request; see HTTPConnection+Access.
    @exclusivity(unchecked) var asker: Peer
    @exclusivity(unchecked) var accessWait: AccessWait?
    @exclusivity(unchecked) var extraHeaders: [ResponseHeader] = []

    @exclusivity(unchecked) var context: ChannelHandlerContext?
    /// Of the channel, while there is a context.
    var options: (any NIOSynchronousChannelOptions)?
    /// The channel's own answer takes a dozen calls.
    @exclusivity(unchecked) var isWritable = true
    @exclusivity(unchecked) var state = ConnectionState()
    @exclusivity(unchecked) var date = DateStamp()

    // Reading.
    @exclusivity(unchecked) var parser: RequestParser
    @exclusivity(unchecked) var incoming: IncomingRequest?
    /// What the parser has not taken: a line that is not whole, or what was read ahead of its turn.
    @exclusivity(unchecked) var input = HTTPConnection.nothing
    @exclusivity(unchecked) var heldRead = false
    @exclusivity(unchecked) var isAdvancing = false
    static let nothing = ByteBuffer()

    // Answering.
    /// Of the current request, where every request is logged.
    @exclusivity(unchecked) var record: RequestRecord?
    @exclusivity(unchecked) var current: HTTPExchange?
    @exclusivity(unchecked) var commit = ResponseCommit()
    @exclusivity(unchecked) var chunked = true
    @exclusivity(unchecked) var streamIsOpen = false
    @exclusivity(unchecked) var keepAliveHeader = false
    @exclusivity(unchecked) var pumping = false
    @exclusivity(unchecked) var flushIsDue = false
    /// For the next answer.
    @exclusivity(unchecked) var spare = HTTPConnection.nothing
    /// Bytes handed to the channel so far.
    @exclusivity(unchecked) var written: Int64 = 0
    /// Those of them that were there when it was last looked whether the socket takes them.
    @exclusivity(unchecked) var looked: Int64 = 0

    // Deadlines, in nanoseconds of the loop's clock; see HTTPConnection+Deadlines.
    @exclusivity(unchecked) var stall: StallWatch
    @exclusivity(unchecked) var readBy: Int64?
    @exclusivity(unchecked) var aliveBy: Int64?
    @exclusivity(unchecked) var lastSent: Int64 = 0
    var lingerBy: Int64?
    @exclusivity(unchecked) var armedFor: Int64 = .max
    var wakeup: Scheduled<Void>?

    init(
        service: any Service, configuration: HTTPConfiguration, peer: Peer, gauges: TransportGauges, ledger: Ledger,
        stopSign: StopSign, turn: LoopTurn
    ) {
        self.service = service
        self.stopSign = stopSign
        self.turn = turn
        self.peer = peer
        asker = peer
        access = configuration.access
        crossOrigin = configuration.crossOrigin
        requests = configuration.requests
        self.gauges = gauges
        self.ledger = ledger
        limits = configuration.limits
        gate = RequestGate(
            path: configuration.path, pages: configuration.pages, guardian: configuration.guardian, maxBody: configuration.limits.body)
        parser = RequestParser(maxBytes: configuration.limits.headerBytes, maxFields: configuration.limits.headerFields)
        stall = StallWatch(limit: configuration.limits.writeDeadline)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        options = context.channel.syncOptions
        isWritable = context.channel.isWritable
        if context.channel.isActive { opened(context) }
    }

    func channelActive(context: ChannelHandlerContext) { opened(context) }

    private func opened(_ context: ChannelHandlerContext) {
        guard readBy == nil else { return }
        readBy = now + limits.readDeadline
        arm()
    }

    func handlerRemoved(context: ChannelHandlerContext) { gone() }

    func channelInactive(context: ChannelHandlerContext) {
        gone()
        context.fireChannelInactive()
    }

    /// The connection is closed, by whichever side.
    private func gone() {
        _ = state.handle(.lost)
        wakeup?.cancel()
        wakeup = nil
        armedFor = .max
        input = Self.nothing
        incoming = nil
        context = nil
        options = nil
        if let exchange = current {
            settle()
            report(nil)
            if !Fault.isOn("vanished-clients-are-forgotten") { exchange.lost() }
        }
    }

    /// What was written goes out first.
    private func close(_ context: ChannelHandlerContext) {
        if flushIsDue { context.flush() }
        context.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is Stop {
            if state.handle(.shutDown) == .close { close(context) }
        } else if case ChannelEvent.inputClosed? = event as? ChannelEvent {
            // It has gone, but may still read what was answered in this turn of the loop.
            close(context)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        isWritable = context.channel.isWritable
        if isWritable {
            if let exchange = current { pump(exchange) } else { resume() }
        }
        observeStall()
    }

    var now: Int64 {
        guard let context else { return 0 }
        return Int64(context.eventLoop.now.uptimeNanoseconds)
    }
}
