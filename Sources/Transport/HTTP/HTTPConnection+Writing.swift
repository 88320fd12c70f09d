import MCP
import NIOCore
import NIOPosix

extension HTTPConnection {
    /// Bytes that are gathered before they are handed to the channel.
    private static let batch = 32 << 10

    /// Writes what the exchange has while the socket accepts bytes. Called when there is something new, and when the socket is
    /// writable again.
    func pump(_ exchange: HTTPExchange) {
        guard !pumping, current === exchange, let context else { return }
        pumping = true
        var out = takeBuffer()
        var isDone = false
        while !isDone, isWritable {
            switch exchange.next() {
            case .nothing:
                isDone = true
            case .openStream:
                perform(commit.handle(.keepAliveDue), message: [], into: &out)
            case .message(let message):
                perform(commit.handle(.notification), message: message, into: &out)
            case .answer(let answer):
                if stopSign.isUp { _ = state.handle(.shutDown) }
                write(answer, isHead: exchange.isHead, into: &out)
                pumping = false
                answered(out)
                return
            case .end:
                perform(commit.handle(.cancelled), message: [], into: &out)
                pumping = false
                answered(out)
                return
            }
            if out.readableBytes >= Self.batch {
                send(&out)
                context.flush()
            }
        }
        pumping = false
        if out.readableBytes > 0 { send(&out) } else { keepBuffer(out) }
        context.flush()
        lastSent = now
        observeStall()
    }

    private func send(_ out: inout ByteBuffer) {
        guard let context, out.readableBytes > 0 else { return }
        written += Int64(out.readableBytes)
        context.write(wrapOutboundOut(out), promise: nil)
        out = Self.nothing
    }

    /// The buffer of the last answer, emptied: a new one where the socket still has that.
    private func takeBuffer() -> ByteBuffer {
        var buffer = Self.nothing
        swap(&buffer, &spare)
        buffer.clear()
        return buffer
    }

    private func keepBuffer(_ buffer: ByteBuffer) {
        if buffer.capacity <= Self.largestKept { spare = buffer }
    }

    private static let largestKept = 4096

    private func write(_ answer: HTTPExchange.Answer, isHead: Bool, into out: inout ByteBuffer) {
        guard !answer.message.isEmpty || !streamIsOpen else {
            perform(commit.handle(.cancelled), message: [], into: &out)
            return
        }
        let action = commit.handle(.answer(status: answer.status))
        if case .json(let status) = action {
            gauges.responses.add(status - 100)
            record?.status = status
            date.refresh()
            ResponseBytes.write(
                status: status, contentType: answer.contentType, headers: withExtras(answer.headers), body: answer.message,
                bodyIsSent: !isHead, close: state.closesAfterAnswer, keepAliveHeader: keepAliveHeader, date: date, into: &out)
        } else {
            perform(action, message: answer.message, into: &out)
        }
    }

    private func perform(_ action: ResponseCommit.Action, message: [UInt8], into out: inout ByteBuffer) {
        switch action {
        case .none, .drop: break
        case .openStream(let first):
            let isQuiet = openStream(into: &out)
            if first == .event {
                ResponseBytes.writeEvent(message, chunked: chunked, into: &out)
            } else if isQuiet {
                ResponseBytes.writeKeepAlive(chunked: chunked, into: &out)
            }
        case .event: ResponseBytes.writeEvent(message, chunked: chunked, into: &out)
        case .keepAlive: ResponseBytes.writeKeepAlive(chunked: chunked, into: &out)
        case .json: break
        case .finalEvent:
            ResponseBytes.writeEvent(message, chunked: chunked, into: &out)
            ResponseBytes.writeStreamEnd(chunked: chunked, into: &out)
        case .endStream: ResponseBytes.writeStreamEnd(chunked: chunked, into: &out)
        case .emptyStream:
            openStream(into: &out)
            ResponseBytes.writeStreamEnd(chunked: chunked, into: &out)
        case .release: break
        }
    }

    /// Writes the head, and what comes first; whether there was nothing.
    @discardableResult
    private func openStream(into out: inout ByteBuffer) -> Bool {
        guard !streamIsOpen else { return true }
        streamIsOpen = true
        gauges.streams.add()
        gauges.responses.add(200 - 100)
        record?.status = 200
        date.refresh()
        ResponseBytes.writeStreamHead(
            headers: extraHeaders, chunked: chunked, close: state.closesAfterAnswer || !chunked, date: date, into: &out)
        guard let first = current?.opened(), !first.isEmpty else { return true }
        ResponseBytes.writeEvent(first, chunked: chunked, into: &out)
        return false
    }

    /// The answer is in `out`: hand it over, then go on or close.
    private func answered(_ out: ByteBuffer) {
        guard let context else { return }
        let endsByClose = streamIsOpen && !chunked
        settle()
        if record != nil { report(record?.status) }
        keepBuffer(out)
        written += Int64(out.readableBytes)
        let action = state.handle(.answered)
        if action == .closeAfterFlush || endsByClose {
            if endsByClose, action == .next { _ = state.handle(.shutDown) }
            let promise = context.eventLoop.makePromise(of: Void.self)
            context.writeAndFlush(wrapOutboundOut(out), promise: promise)
            promise.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
            observeStall()
            return
        }
        context.write(wrapOutboundOut(out), promise: nil)
        flushLater()
        readBy = now + limits.idle
        arm()
        resume()
    }

    private func flushLater() {
        guard !flushIsDue, let context else { return }
        flushIsDue = true
        turn.end(context.eventLoop, with: self)
    }

    /// Of the event loop; see ``LoopTurn``.
    func turnEnded() {
        flushIsDue = false
        context?.flush()
        observeAnswer()
    }

    /// What became of the current request; nil: its client is gone.
    func report(_ status: Int?) {
        guard var ended = record.take() else { return }
        ended.status = status
        requests?.answered(ended)
    }

    /// The current exchange is over, answered or lost.
    func settle() {
        guard current != nil else { return }
        current = nil
        extraHeaders = []
        aliveBy = nil
        gauges.exchanges.subtract()
        if streamIsOpen {
            streamIsOpen = false
            gauges.streams.subtract()
        }
    }

    /// A comment, which makes the response a stream if it was none.
    func writeKeepAlive(_ exchange: HTTPExchange) {
        guard let context, current === exchange else { return }
        var out = context.channel.allocator.buffer(capacity: 256)
        perform(commit.handle(.keepAliveDue), message: [], into: &out)
        send(&out)
        context.flush()
        observeStall()
    }

    func writeContinue() {
        guard let context else { return }
        var out = context.channel.allocator.buffer(capacity: 32)
        out.writeStaticString("HTTP/1.1 100 Continue\r\n\r\n")
        written += Int64(out.readableBytes)
        context.writeAndFlush(wrapOutboundOut(out), promise: nil)
    }

    /// Answers before the request was read whole. What still comes is discarded for a while: closing at once would reset the
    /// connection and could take the answer with it.
    func refuseEarly(_ refusal: HTTPRefusal) {
        guard let context, state.handle(.refusedEarly) == .lingerAfterFlush else { return }
        if let requests, requests.isWanted {
            // Without a head where that could not be read.
            record = RequestRecord(method: incoming?.head.method.rawValue ?? "-", uri: incoming?.head.uri ?? "-", peer: peer.address)
            report(refusal.status)
        }
        incoming = nil
        readBy = nil
        input = Self.nothing
        gauges.responses.add(refusal.status - 100)
        date.refresh()
        var out = context.channel.allocator.buffer(capacity: 512)
        ResponseBytes.write(
            status: refusal.status, contentType: "application/json", headers: withExtras(refusal.headers), body: refusal.body,
            close: true, keepAliveHeader: false, date: date, into: &out)
        written += Int64(out.readableBytes)
        lingerBy = now + limits.linger
        arm()
        let promise = context.eventLoop.makePromise(of: Void.self)
        context.writeAndFlush(wrapOutboundOut(out), promise: promise)
        promise.futureResult.assumeIsolated().whenComplete { _ in context.close(mode: .output, promise: nil) }
        resume()
    }
}
