import MCP
import NIOCore
import NIOHTTP1

extension HTTPConnection {
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        guard pending.isEmpty, state.phase != .responding, context.channel.isWritable else {
            pending.append(part)
            // Three parts make a request.
            if pending.count > limits.pipelined * 3 { context.close(promise: nil) }
            return
        }
        handle(part)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if state.phase == .receiving { arm() }
        context.fireChannelReadComplete()
    }

    /// Back-pressure: nothing is read while a request is answered or the client does not take what it was sent.
    func read(context: ChannelHandlerContext) {
        if state.phase == .responding || !pending.isEmpty || !context.channel.isWritable {
            heldRead = true
        } else {
            context.read()
        }
    }

    /// Goes on with what was read ahead, then with reading.
    func resume() {
        guard !isResuming else { return }
        isResuming = true
        defer { isResuming = false }
        while let context, state.phase != .responding, context.channel.isWritable, let part = pending.popFirst() {
            handle(part)
        }
        guard let context, heldRead, pending.isEmpty, state.phase != .responding, context.channel.isWritable else { return }
        heldRead = false
        context.read()
    }

    private func handle(_ part: HTTPServerRequestPart) {
        switch part {
        case .head(let head): began(head)
        case .body(let bytes): read(bytes)
        case .end: ended()
        }
    }

    private func began(_ head: HTTPRequestHead) {
        let headers = RequestHeaders(head.headers)
        let isKept = head.version.major == 1 && (head.version.minor >= 1 ? !headers.connectionClose : headers.connectionKeepAlive)
        _ = state.handle(.head(keepAlive: isKept))
        guard state.phase == .receiving else { return }
        chunked = head.version.minor >= 1
        keepAliveHeader = isKept && head.version.minor == 0
        readBy = now + limits.readDeadline
        var request = IncomingRequest(head: head, headers: headers, verdict: judge(head, headers))
        if case .refuse(let refusal) = request.verdict,
            headers.expectsContinue || (headers.contentLength ?? 0) > 65_536
        {
            refuseEarly(refusal)
            return
        }
        if headers.expectsContinue, head.version.minor >= 1 { writeContinue() }
        if request.verdict == .message { request.body.reserveCapacity(min(headers.contentLength ?? 0, limits.body)) }
        incoming = request
    }

    private func read(_ bytes: ByteBuffer) {
        guard incoming != nil, state.phase == .receiving else { return }
        incoming!.read += bytes.readableBytes
        guard incoming!.read <= limits.body else {
            refuseEarly(.tooLarge(limits.body))
            return
        }
        if incoming!.verdict == .message { incoming!.body.append(contentsOf: bytes.readableBytesView) }
    }

    private func ended() {
        guard let request = incoming, state.phase == .receiving else { return }
        incoming = nil
        readBy = nil
        _ = state.handle(.requestRead)
        commit = ResponseCommit()
        streamIsOpen = false
        guard let context else { return }
        let exchange = HTTPExchange(
            connection: self, loop: context.eventLoop, limits: limits, gauges: gauges, isHead: request.head.method == .HEAD)
        current = exchange
        gauges.exchanges.add()
        dispatch(request, exchange)
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
            switch Inbound.parse(request.body) {
            case .success(let inbound):
                service.receive(inbound, over: .http(request.headers.facts), from: asker, sink: exchange)
            case .failure(let rejection): exchange.finish(rejection.bytes, status: rejection.httpStatus)
            }
        case .openStream: service.openStream(request.headers.facts, from: asker, sink: exchange)
        case .endSession: service.endSession(request.headers.facts, from: asker, sink: exchange)
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
