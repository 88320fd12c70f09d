import MCP
import NIOCore

extension HTTPConnection {
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        guard state.phase != .lingering, state.phase != .closed else { return }
        if input.readableBytes == 0 { input = bytes } else { input.writeBuffer(&bytes) }
        if state.phase == .responding || !isWritable {
            if input.readableBytes > limits.readAhead { context.close(promise: nil) }
        } else {
            advance()
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if state.phase == .receiving { arm() }
        context.fireChannelReadComplete()
    }

    /// Back-pressure: nothing is read while a request is answered or the client does not take what it was sent.
    func read(context: ChannelHandlerContext) {
        if state.phase == .responding || !isWritable {
            heldRead = true
        } else {
            context.read()
        }
    }

    /// Goes on with what was read ahead, then with reading.
    func resume() {
        advance()
        guard let context, heldRead, state.phase != .responding, isWritable else { return }
        heldRead = false
        context.read()
    }

    /// Takes what is there, until it is used up or an answer is due. An answer that comes at once goes on in this loop, not below it.
    private func advance() {
        guard !isAdvancing else { return }
        isAdvancing = true
        defer { isAdvancing = false }
        while context != nil, state.phase == .idle || state.phase == .receiving, isWritable {
            switch step() {
            case .more: return
            case .head: began()
            case .body: if let incoming, incoming.read > limits.body { refuseEarly(.tooLarge(limits.body)) }
            case .end: ended()
            case .refused(let error): refuseEarly(HTTPRefusal(status: error.status, message: error.message))
            }
        }
    }

    private func step() -> RequestParser.Step {
        var position = 0
        let step = input.withUnsafeReadableBytes { bytes in
            let step = parser.next(bytes, &position)
            if case .body(let range) = step { keep(UnsafeRawBufferPointer(rebasing: bytes[range])) }
            return step
        }
        if position == input.readableBytes {
            // The buffer is the channel's again.
            input = Self.nothing
        } else {
            input.moveReaderIndex(forwardBy: position)
        }
        return step
    }

    private func keep(_ bytes: UnsafeRawBufferPointer) {
        guard incoming != nil else { return }
        incoming!.read += bytes.count
        guard incoming!.verdict == .message, incoming!.read <= limits.body else { return }
        if incoming!.body.isEmpty { incoming!.body.reserveCapacity(min(incoming!.head.headers.contentLength ?? 0, limits.body)) }
        incoming!.body.append(contentsOf: bytes)
    }

    private func began() {
        let head = parser.head
        let isKept = head.minorVersion >= 1 ? !head.headers.connectionClose : head.headers.connectionKeepAlive
        _ = state.handle(.head(keepAlive: isKept))
        guard state.phase == .receiving else { return }
        chunked = head.minorVersion >= 1
        keepAliveHeader = isKept && head.minorVersion == 0
        readBy = now + limits.readDeadline
        let request = IncomingRequest(head, judge(head))
        incoming = request
        if case .refuse(let refusal) = request.verdict,
            head.headers.expectsContinue || (head.headers.contentLength ?? 0) > 65_536
        {
            refuseEarly(refusal)
            return
        }
        if head.headers.expectsContinue, head.minorVersion >= 1 { writeContinue() }
    }

    private func ended() {
        guard let context, state.phase == .receiving, let request = incoming.take() else { return }
        readBy = nil
        _ = state.handle(.requestRead)
        commit = ResponseCommit()
        streamIsOpen = false
        let exchange = HTTPExchange(
            connection: self, loop: context.eventLoop, limits: limits, gauges: gauges, isHead: request.head.method == .HEAD)
        current = exchange
        gauges.exchanges.add()
        if let requests, requests.isWanted {
            record = RequestRecord(method: request.head.method.rawValue, uri: request.head.uri, peer: peer.address)
        }
        dispatch(request, exchange)
        guard current === exchange else { return }
        // What an inline tool has sent on a stream; its answer may be there as well.
        pump(exchange)
        guard current === exchange else { return }
        // It takes longer: from now on a quiet response gets comments.
        lastSent = now
        aliveBy = lastSent + limits.keepAlive
        arm()
    }

    private func dispatch(_ request: IncomingRequest, _ exchange: HTTPExchange) {
        guard let wait = accessWait else { return serve(request, exchange) }
        accessWait = nil
        self.await(wait, request, exchange)
    }

    /// Hands a request to the service, or answers it.
    func serve(_ request: IncomingRequest, _ exchange: HTTPExchange) {
        switch request.verdict {
        case .message:
            switch InboundFrame.parse(request.body, atMost: limits.body) {
            case .success(.message(let inbound)):
                record?.note(inbound)
                service.receive(inbound, over: .http(request.head.facts), from: asker, sink: exchange)
            case .success(.batch(let batch)):
                record?.note(batch)
                service.receive(batch, over: .http(request.head.facts), from: asker, sink: exchange)
            case .failure(let rejection): exchange.finish(rejection.bytes, status: rejection.httpStatus)
            }
        case .openStream: service.openStream(request.head.facts, from: asker, sink: exchange)
        case .endSession: service.endSession(request.head.facts, from: asker, sink: exchange)
        case .page: page(request.head.uri, exchange)
        case .preflight(let headers): exchange.finish([], status: 204, headers: headers)
        case .refuse(let refusal): exchange.finish(refusal.body, status: refusal.status, headers: refusal.headers)
        }
    }

    private func page(_ uri: String, _ exchange: HTTPExchange) {
        let parts = uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let request = PageRequest(
            path: parts.first.map(String.init) ?? "/", query: parts.count > 1 ? String(parts[1]) : "", peer: asker)
        let isThere = service.page(request) { page in
            exchange.finish(
                HTTPExchange.Answer(message: page.body, status: page.status, headers: [], contentType: page.contentType))
        }
        guard !isThere else { return }
        let refusal = HTTPRefusal(status: 404, message: "There is nothing here; the MCP endpoint is \(gate.path)")
        exchange.finish(refusal.body, status: 404, headers: [])
    }
}
