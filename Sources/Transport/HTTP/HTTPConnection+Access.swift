import MCP
import NIOCore

/// Who may ask, decided from the head: before a byte of the body is kept.
extension HTTPConnection {
    /// The verdict on a request, and who sends it. A foreign Host or Origin is refused first, then who may not ask, then what is wrong
    /// with the rest of the head.
    func judge(_ head: RequestHead) -> RequestGate.Verdict {
        asker = peer
        accessWait = nil
        let verdict = gate.judge(head)
        if let crossOrigin {
            extraHeaders = crossOrigin.headers(origin: head.headers.origin)
            // A browser sends no credential with it.
            if !verdict.isForeign, let answer = crossOrigin.preflight(head, origin: head.headers.origin) { return .preflight(answer) }
        }
        if case .refuse(let refusal) = verdict, refusal.isForeign {
            tell(refusal, head)
            return verdict
        }
        guard let access else { return verdict }
        let wait = AccessWait()
        let request = AccessRequest(
            authorization: head.headers.authorization, path: String(head.uri.prefix { $0 != "?" }), isLoopback: peer.isLoopback)
        switch access.judge(request, decided: { wait.decide($0) }) {
        case .admitted(let identity)?: asker = peer.asking(as: identity)
        case .refused(let found)?:
            let refusal = HTTPRefusal(found)
            tell(refusal, head)
            return .refuse(refusal)
        case nil: accessWait = wait
        }
        return verdict
    }

    /// The request was read whole, the decision was not there yet.
    func await(_ wait: AccessWait, _ request: IncomingRequest, _ exchange: HTTPExchange) {
        guard let loop = context?.eventLoop else { return }
        let connection = NIOLoopBound(self, eventLoop: loop)
        wait.whenDecided { verdict in
            loop.execute { connection.value.decided(verdict, request, exchange) }
        }
    }

    private func decided(_ verdict: AccessVerdict, _ request: IncomingRequest, _ exchange: HTTPExchange) {
        guard current === exchange else { return }
        switch verdict {
        case .admitted(let identity):
            asker = peer.asking(as: identity)
            serve(request, exchange)
        case .refused(let found):
            let refusal = HTTPRefusal(found)
            tell(refusal, request.head)
            exchange.finish(refusal.body, status: refusal.status, headers: refusal.headers)
        }
    }

    /// The log of somebody who is turned away for who he is.
    private func tell(_ refusal: HTTPRefusal, _ head: RequestHead) {
        guard let requests else { return }
        var record = RequestRecord(method: head.method.rawValue, uri: head.uri, peer: peer.address)
        record.status = refusal.status
        requests.refused(record, why: refusal.message)
    }

    /// Those of an answer, with what every answer of this connection's client gets.
    func withExtras(_ headers: [ResponseHeader]) -> [ResponseHeader] { extraHeaders.isEmpty ? headers : headers + extraHeaders }
}

extension RequestGate.Verdict {
    /// Refused for its Host or Origin: nothing else is said to it.
    fileprivate var isForeign: Bool {
        guard case .refuse(let refusal) = self else { return false }
        return refusal.isForeign
    }
}

extension HTTPRefusal {
    fileprivate init(_ refusal: AccessRefusal) {
        self.init(status: refusal.status, message: refusal.message, headers: refusal.headers)
    }
}
