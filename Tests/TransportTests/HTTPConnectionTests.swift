import JSON
import MCP
import NIOCore
import NIOEmbedded
import Scopes
import Synchronization
import Testing

@testable import Transport

/// Keeps what it gets; the test answers through the sinks.
final class FakeService: Service {
    let sinks = Lock<[any ResponseSink]>([])
    let inbounds = Lock<[String]>([])
    /// The values of Mcp-Name of each message.
    let facts = Lock<[[String]]>([])
    let answerAtOnce: Bool

    init(answerAtOnce: Bool = false) { self.answerAtOnce = answerAtOnce }

    func receive(_ inbound: Inbound, over facts: TransportFacts, from peer: Peer, sink: any ResponseSink) {
        inbounds.withLock { $0.append(inbound.method) }
        if case .http(let headers) = facts { self.facts.withLock { $0.append(headers.name) } }
        if answerAtOnce { return sink.finish(Array("\"\(inbound.method)\"".utf8), status: 200) }
        sinks.withLock { $0.append(sink) }
    }

    func receive(_ batch: InboundBatch, over facts: TransportFacts, from peer: Peer, sink: any ResponseSink) {
        inbounds.withLock { $0.append("batch of \(batch.count)") }
        sinks.withLock { $0.append(sink) }
    }

    func openStream(_ facts: HTTPFacts, from peer: Peer, sink: any ResponseSink) {
        sinks.withLock { $0.append(sink) }
        sink.openStream()
    }

    func endSession(_ facts: HTTPFacts, from peer: Peer, sink: any ResponseSink) { sink.finish([], status: 204) }

    func page(_ request: PageRequest, respond: @escaping @Sendable (Page) -> Void) -> Bool {
        guard request.path == "/health" else { return false }
        respond(Page(status: 200, contentType: "text/plain", body: Array("fine".utf8)))
        return true
    }

    var sink: any ResponseSink { sinks.withLock { $0[$0.count - 1] } }
}

/// Keeps what it is told.
final class FakeRequestLog: RequestLog {
    let wanted: Bool
    let asked = Lock(0)
    let lines = Lock<[String]>([])

    init(wanted: Bool) { self.wanted = wanted }

    var isWanted: Bool {
        asked.withLock { $0 += 1 }
        return wanted
    }

    func answered(_ record: RequestRecord) { note(record, "") }
    func refused(_ record: RequestRecord, why: String) { note(record, " refused: \(why.prefix(18))") }

    private func note(_ record: RequestRecord, _ more: String) {
        let status = record.status.map { "\($0)" } ?? "gone"
        lines.withLock { $0.append("\(record.method) \(record.path) \(record.message) \(record.name) \(status)\(more)") }
    }
}

/// Keeps bytes from leaving, like a socket whose peer does not read.
private final class Dam: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    var isClosed = false
    func flush(context: ChannelHandlerContext) { if !isClosed { context.flush() } }
}

@Suite final class HTTPConnectionTests {
    private let service: FakeService
    private let channel = EmbeddedChannel()
    private let gauges = TransportGauges()
    private let stopSign = StopSign()
    private let ledger = Ledger()
    private let dam = Dam()
    private let limits: HTTPLimits

    init() throws {
        service = FakeService()
        var limits = HTTPLimits()
        limits.queueItems = 4
        limits.body = 1000
        self.limits = limits
        try connect(service)
    }

    /// With another service and a log.
    private init(_ service: FakeService, _ log: FakeRequestLog) throws {
        self.service = service
        limits = HTTPLimits()
        try connect(service, log: log)
    }

    private func connect(_ service: FakeService, log: FakeRequestLog? = nil) throws {
        var configuration = HTTPConfiguration(limits: limits)
        configuration.requests = log
        let connection = HTTPConnection(
            service: service, configuration: configuration,
            peer: Peer(channel: 1, isLoopback: true, address: "test"), gauges: gauges, ledger: ledger, stopSign: stopSign, turn: LoopTurn())
        try channel.pipeline.syncOperations.addHandlers([
            dam, connection,
        ])
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    private static func post(_ body: String, headers: String = "") -> String {
        "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAccept: */*\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    private static func call(_ method: String) -> String { post("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\(method)\"}") }

    private func send(_ text: String) throws { try channel.writeInbound(ByteBuffer(string: text)) }

    private func sent() throws -> String {
        channel.embeddedEventLoop.run()
        var text = ""
        while let bytes = try channel.readOutbound(as: ByteBuffer.self) { text += String(buffer: bytes) }
        return text
    }

    @Test func anAnswerAloneIsJSON() throws {
        try send(Self.call("a"))
        #expect(gauges.exchanges.value == 1)
        service.sink.finish(Array("{}".utf8), status: 404)
        let text = try sent()
        #expect(text.hasPrefix("HTTP/1.1 404 Not Found\r\n"))
        #expect(text.contains("Content-Length: 2\r\n"))
        #expect(text.hasSuffix("\r\n\r\n{}"))
        #expect(gauges.exchanges.value == 0)
    }

    @Test func `a log hears of each request what became of it`() throws {
        let log = FakeRequestLog(wanted: true)
        let service = FakeService(answerAtOnce: true)
        let test = try Self(service, log)
        try test.send(Self.post(#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"t"}}"#))
        try test.send("GET /health?secret=1 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        try test.send("GET /health HTTP/1.1\r\nHost: evil\r\n\r\n")
        try test.send("GET /mcp HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n")
        service.sink.end()
        _ = try test.sent()
        try test.send("GET /mcp HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n")
        _ = try test.channel.finish()
        #expect(
            log.lines.withLock { $0 } == [
                "POST /mcp tools/call t 200", "GET /health   200", "GET /health   421 refused: Host not allowed; ", "GET /health   421",
                "GET /mcp   200", "GET /mcp   gone",
            ])
    }

    @Test func `a log that does not want every request hears only who was turned away`() throws {
        let log = FakeRequestLog(wanted: false)
        let test = try Self(FakeService(answerAtOnce: true), log)
        try test.send(Self.call("a"))
        try test.send("GET /health HTTP/1.1\r\nHost: evil\r\n\r\n")
        #expect(log.lines.withLock { $0 } == ["GET /health   421 refused: Host not allowed; "])
        #expect(log.asked.withLock { $0 } == 2)
    }

    @Test func aNotificationMakesItAStreamAndTheAnswerItsLastEvent() throws {
        try send(Self.call("a"))
        #expect(service.sink.notify(Array("1".utf8)) == .queued)
        var text = try sent()
        #expect(text.contains("Content-Type: text/event-stream\r\n"))
        #expect(text.contains("X-Accel-Buffering: no\r\n"))
        #expect(text.hasSuffix("9\r\ndata: 1\n\n\r\n"))
        #expect(gauges.streams.value == 1)
        service.sink.finish(Array("2".utf8), status: 400)
        text = try sent()
        #expect(text == "9\r\ndata: 2\n\n\r\n0\r\n\r\n")
        #expect(gauges.streams.value == 0)
        #expect(service.sink.notify([0x33]) == .closed)
    }

    @Test func whatOpensAStreamComesFirstOnceWhateverOpensIt() throws {
        let opened = Lock(0)
        @Sendable func first() -> [UInt8] {
            opened.withLock { $0 += 1 }
            return Array("id: p1-0\ndata: ".utf8)
        }
        try send(Self.call("a"))
        service.sink.onOpen(first)
        #expect(service.sink.notify(Array("id: p1-1\ndata: {}".utf8)) == .queued)
        #expect(try sent().hasSuffix("\r\n\r\n11\r\nid: p1-0\ndata: \n\n\r\n13\r\nid: p1-1\ndata: {}\n\n\r\n"))
        service.sink.finish(Array("id: p1-2\ndata: {}".utf8), status: 200)
        #expect(try sent() == "13\r\nid: p1-2\ndata: {}\n\n\r\n0\r\n\r\n")
        // Instead of the comment, where there is nothing else to be sent.
        try send(Self.call("b"))
        service.sink.onOpen(first)
        service.sink.openStream()
        service.sink.end()
        let text = try sent()
        #expect(text.hasSuffix("id: p1-0\ndata: \n\n\r\n0\r\n\r\n") && !text.contains(": ka"))
        #expect(opened.withLock { $0 } == 2)
    }

    @Test func anAnswerAloneOpensNothingAndKeepsNothing() throws {
        final class Kept: Sendable {}
        weak var kept: Kept?
        try send(Self.call("a"))
        do {
            let mine = Kept()
            kept = mine
            service.sink.onOpen {
                _ = mine
                return Array("id: p1-0\ndata: ".utf8)
            }
        }
        #expect(kept != nil)
        service.sink.finish(Array("{}".utf8), status: 200)
        #expect(try sent().hasSuffix("\r\n\r\n{}") && kept == nil)
    }

    @Test func aBatchIsHandedOverAsOne() throws {
        try send(Self.post("[1,{}]"))
        #expect(service.inbounds.withLock { $0 } == ["batch of 2"])
        service.sink.finish(Array("[]".utf8), status: 200)
        #expect(try sent().hasSuffix("\r\n\r\n[]"))
    }

    @Test func pipelinedRequestsAreServedInOrderOneAtATime() throws {
        try send(Self.call("a") + Self.call("b") + Self.call("c"))
        #expect(service.inbounds.withLock { $0 } == ["a"])
        service.sink.finish([0x31], status: 200)
        _ = try sent()
        #expect(service.inbounds.withLock { $0 } == ["a", "b"])
        service.sink.finish([0x32], status: 200)
        service.sink.finish([0x33], status: 200)
        _ = try sent()
        #expect(service.inbounds.withLock { $0 } == ["a", "b", "c"])
    }

    @Test func tooMuchReadAheadClosesTheConnection() throws {
        try send(Self.call("a"))
        let next = Self.call("b")
        let count = limits.readAhead / next.utf8.count
        try send(String(repeating: next, count: count))
        #expect(channel.isActive)
        try send(next)
        #expect(!channel.isActive)
    }

    @Test func theQueueIsBoundedAndSaysWhenThereIsRoomAgain() throws {
        try send(Self.call("a"))
        let sink = service.sink
        for _ in 0..<4 { #expect(sink.notify([0x31]) == .queued) }
        #expect(sink.notify([0x31]) == .full)
        #expect(gauges.queuedBytes.value == 4)
        let answers = Lock<[Bool]>([])
        sink.whenWritable { ready in answers.withLock { $0.append(ready) } }
        #expect(answers.withLock { $0 }.isEmpty)
        _ = try sent()
        #expect(answers.withLock { $0 } == [true])
        #expect(gauges.queuedBytes.value == 0)
        // There is room now: the answer still comes later, never inline.
        sink.whenWritable { ready in answers.withLock { $0.append(ready) } }
        #expect(answers.withLock { $0 }.count == 1)
        _ = try sent()
        #expect(answers.withLock { $0 } == [true, true])
        sink.finish([0x32], status: 200)
        sink.whenWritable { ready in answers.withLock { $0.append(ready) } }
        _ = try sent()
        #expect(answers.withLock { $0 } == [true, true, false])
    }

    @Test func nothingIsHandedToASocketThatIsNotWritable() throws {
        try send(Self.call("a"))
        channel.isWritable = false
        channel.pipeline.fireChannelWritabilityChanged()
        for _ in 0..<4 { _ = service.sink.notify([0x31]) }
        #expect(try sent() == "")
        #expect(service.sink.notify([0x31]) == .full)
        channel.isWritable = true
        channel.pipeline.fireChannelWritabilityChanged()
        #expect(try sent().contains("data: 1"))
    }

    /// Guards `HTTPConnection.wake`: without the stall watch a reader that takes nothing keeps its connection (L1).
    @Test func aClientThatReadsNothingLosesItsConnectionAfterTheWriteDeadline() throws {
        try send(Self.call("a"))
        let gone = Atomic<Int>(0)
        service.sink.onGone { gone.wrappingAdd(1, ordering: .relaxed) }
        dam.isClosed = true
        _ = service.sink.notify([0x31])
        channel.embeddedEventLoop.run()
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(9_900))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(200))
        #expect(!channel.isActive)
        #expect(gone.load(ordering: .relaxed) == 1)
        #expect(ledger.counters().contains { $0 == ("streams.stalled", 1) })
        #expect(gauges.exchanges.value == 0)
        #expect(gauges.streams.value == 0)
        #expect(gauges.queuedBytes.value == 0)
    }

    @Test func aClientThatReadsSlowlyKeepsItsConnection() throws {
        try send(Self.call("a"))
        dam.isClosed = true
        for _ in 0..<5 {
            _ = service.sink.notify([0x31])
            channel.embeddedEventLoop.run()
            channel.embeddedEventLoop.advanceTime(by: .seconds(8))
            dam.isClosed = false
            channel.flush()
            dam.isClosed = true
        }
        #expect(channel.isActive)
    }

    @Test func aQuietResponseBecomesAStreamWithComments() throws {
        try send(Self.call("a"))
        channel.embeddedEventLoop.advanceTime(by: .seconds(14))
        #expect(try sent() == "")
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(try sent().hasSuffix("6\r\n: ka\n\n\r\n"))
        channel.embeddedEventLoop.advanceTime(by: .seconds(15))
        #expect(try sent() == "6\r\n: ka\n\n\r\n")
    }

    @Test func theClientsLeavingIsToldOnceAndOnlyBeforeTheAnswer() throws {
        try send(Self.call("a"))
        let gone = Atomic<Int>(0)
        let sink = service.sink
        sink.onGone { gone.wrappingAdd(1, ordering: .relaxed) }
        let ready = Atomic<Int>(0)
        for _ in 0..<4 { _ = sink.notify([0x31]) }
        sink.whenWritable { if !$0 { ready.wrappingAdd(1, ordering: .relaxed) } }
        try channel.close().wait()
        #expect(gone.load(ordering: .relaxed) == 1)
        #expect(ready.load(ordering: .relaxed) == 1)
        #expect(gauges.queuedBytes.value == 0)
        #expect(gauges.exchanges.value == 0)
        #expect(sink.notify([0x31]) == .closed)
        sink.finish([0x31], status: 200)
        // Asked too late, it is told at once.
        sink.onGone { gone.wrappingAdd(1, ordering: .relaxed) }
        #expect(gone.load(ordering: .relaxed) == 2)
    }

    @Test func anAnsweredExchangeHearsNothingOfALaterClose() throws {
        try send(Self.call("a"))
        let gone = Atomic<Int>(0)
        service.sink.onGone { gone.wrappingAdd(1, ordering: .relaxed) }
        service.sink.finish([0x31], status: 200)
        _ = try sent()
        try channel.close().wait()
        #expect(gone.load(ordering: .relaxed) == 0)
    }

    @Test func stopLetsTheAnswerOutAndThenCloses() throws {
        try send(Self.call("a"))
        channel.pipeline.fireUserInboundEventTriggered(HTTPConnection.Stop())
        #expect(channel.isActive)
        service.sink.finish([0x31], status: 200)
        #expect(try sent().contains("Connection: close\r\n"))
        #expect(!channel.isActive)
    }

    /// The deadline of an idle connection may be an earlier one than that for its first request.
    @Test func anIdleConnectionEndsByItsOwnDeadline() throws {
        let other = try HTTPConnectionTests(idle: limits.readDeadline / 4)
        try other.send(Self.call("a"))
        other.service.sink.finish([0x31], status: 200)
        _ = try other.sent()
        other.channel.embeddedEventLoop.advanceTime(by: .nanoseconds(limits.readDeadline / 4 + 1))
        #expect(!other.channel.isActive)
    }

    private init(idle: Int64) throws {
        service = FakeService()
        var limits = HTTPLimits()
        limits.idle = idle
        self.limits = limits
        try connect(service)
    }

    /// What a scope that closes refuses is answered before the connection is told.
    @Test func anAnswerOfAServerThatIsAboutToStopIsTheLast() throws {
        try send(Self.call("a"))
        stopSign.raise()
        service.sink.finish([0x31], status: 200)
        #expect(try sent().contains("Connection: close\r\n"))
        #expect(!channel.isActive)
    }

    @Test func stopClosesAnIdleConnection() {
        channel.pipeline.fireUserInboundEventTriggered(HTTPConnection.Stop())
        #expect(!channel.isActive)
    }

    @Test func aCancelledRequestGetsAnEmptyStream() throws {
        try send(Self.call("a"))
        service.sink.end()
        let text = try sent()
        #expect(text.contains("text/event-stream"))
        #expect(text.hasSuffix("\r\n\r\n0\r\n\r\n"))
        #expect(channel.isActive)
    }

    @Test func aHeadThatNeverComesTimesOut() {
        channel.embeddedEventLoop.advanceTime(by: .seconds(31))
        #expect(!channel.isActive)
    }

    /// A body that trickles in is cut off by one deadline for all of it.
    @Test func aBodyThatTricklesInTimesOut() throws {
        try send("POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAccept: */*\r\nContent-Length: 100\r\n\r\n")
        for _ in 0..<10 {
            channel.embeddedEventLoop.advanceTime(by: .seconds(3))
            if channel.isActive { try send("x") }
        }
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(try sent().hasPrefix("HTTP/1.1 408 "))
    }

    @Test func anIdleConnectionIsClosed() throws {
        try send(Self.call("a"))
        service.sink.finish([0x31], status: 200)
        _ = try sent()
        channel.embeddedEventLoop.advanceTime(by: .seconds(74))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(2))
        #expect(!channel.isActive)
    }

    @Test func tooLargeABodyIsRefusedWhileItIsRead() throws {
        try send(
            "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAccept: */*\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in 0..<11 { try send("64\r\n" + String(repeating: "x", count: 100) + "\r\n") }
        #expect(try sent().hasPrefix("HTTP/1.1 413 "))
        #expect(service.inbounds.withLock { $0 }.isEmpty)
    }

    @Test func whatIsNotHTTPIsAnsweredAndClosed() throws {
        try? send("GARBAGE\r\n\r\n")
        #expect(try sent().hasPrefix("HTTP/1.1 400 "))
    }

    /// A second request in bytes that make no sense must not take the first one's answer away.
    @Test func whatIsNotHTTPAfterARequestIsRefusedAfterItsAnswer() throws {
        try send(Self.call("a") + "GARBAGE\r\n\r\n")
        service.sink.finish([0x31], status: 200)
        let text = try sent()
        #expect(text.hasPrefix("HTTP/1.1 200 "))
        #expect(text.contains("1HTTP/1.1 400 Bad Request\r\n"))
    }

    @Test func aRequestThatComesByteForByteIsServed() throws {
        for byte in Self.call("a").utf8 { try channel.writeInbound(ByteBuffer(bytes: [byte])) }
        #expect(service.inbounds.withLock { $0 } == ["a"])
    }

    @Test func whatComesAfterARefusalIsDiscarded() throws {
        try send("GET / HTTP/3.0\r\n\r\n")
        #expect(try sent().hasPrefix("HTTP/1.1 505 HTTP Version Not Supported\r\n"))
        try send(Self.call("a"))
        #expect(service.inbounds.withLock { $0 }.isEmpty)
        #expect(try sent().isEmpty)
    }

    @Test func theNextRequestDoesNotInheritHeaders() throws {
        try send(Self.post("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\"}", headers: "Connection: keep-alive\r\nMcp-Name: x\r\n"))
        service.sink.finish([0x31], status: 200)
        try send(Self.call("b"))
        service.sink.finish([0x32], status: 200)
        #expect(service.facts.withLock { $0 } == [["x"], []])
    }

    @Test func expectContinueIsAnswered() throws {
        let request = Self.post("{}", headers: "Expect: 100-continue\r\n")
        try send(String(request.dropLast(2)))
        #expect(try sent() == "HTTP/1.1 100 Continue\r\n\r\n")
    }

    @Test func whatIsNoMessageIsRefusedWithTheStatusThatFits() throws {
        try send(Self.post("{"))
        let text = try sent()
        #expect(text.hasPrefix("HTTP/1.1 400 "))
        #expect(text.contains("-32700"))
        #expect(!text.contains("\"id\""))
    }

    @Test func aStreamWithoutARequestOpensAtOnceAndEnds() throws {
        try send("GET /mcp HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n")
        #expect(try sent().contains("text/event-stream"))
        #expect(gauges.streams.value == 1)
        service.sink.end()
        #expect(try sent() == "0\r\n\r\n")
        #expect(gauges.streams.value == 0)
    }

    @Test func pagesAreBesideTheEndpoint() throws {
        try send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(try sent().hasSuffix("fine"))
        try send("GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(try sent().hasPrefix("HTTP/1.1 404 "))
    }
}
