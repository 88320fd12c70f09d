import CLinux
package import MCP
package import PluginHost
import Scopes
package import Transport

extension Engine {
    /// The live session with this id, if it is this peer's: knowing the id of another's is worth nothing.
    func find(_ id: String, of peer: Peer) -> ProtocolSession? {
        guard let session = table.withLock({ $0.byID[id] }), session.host.principal == peer.principal else { return nil }
        return session
    }

    /// The stdio connection becomes a session, which both eras' calls belong to; it ends with the server.
    package func openStdio() throws(SessionRefused) -> HostSession {
        let session = try sessions.open(kind: .protocol, idle: 0, principal: "")
        table.withLock { $0.stdioHost = session }
        return session
    }

    func open(_ initialization: Initialization, _ inbound: Inbound, _ origin: Origin, _ sink: any ResponseSink) {
        guard let id = inbound.id else { return sink.accepted() }
        let host: HostSession
        if origin.isStdio {
            guard let connection = table.withLock({ $0.stdioHost }) else {
                return refuse(id, .stopping, sink, status: 503)
            }
            host = connection
        } else {
            do {
                host = try sessions.open(kind: .protocol, idle: limits.sessionIdle, principal: origin.peer.principal)
            } catch {
                return refuseSession(id, Self.error(error), sink)
            }
        }
        let sessionID = origin.isStdio ? nil : host.id
        let session = ProtocolSession(host, LegacySession(initialization), id: sessionID, self)
        do {
            try host.scope.add(session)
        } catch {
            return refuseSession(id, .unavailable("no session: \(error)"), sink)
        }
        table.withLock { table in
            if let sessionID { table.byID[sessionID] = session } else { table.stdio = session }
        }
        // It may have begun to close between the two: then it has forgotten itself before it was known.
        if !session.isLinked { forget(session, id: sessionID) }
        let answer = encoder(for: initialization.version).initializeResult(
            id: id, capabilities: capabilities, instructions: instructions)
        let headers = sessionID.map { [ResponseHeader("Mcp-Session-Id", $0)] } ?? []
        sink.finish(answer, status: 200, headers: headers)
    }

    private func refuseSession(_ id: RequestID, _ error: ProtocolError, _ sink: any ResponseSink) {
        runtime.ledger.count("sessions.refused")
        refuse(id, error, sink, status: error.httpStatus(.legacy))
    }

    private static func error(_ refused: SessionRefused) -> ProtocolError {
        guard case .tooMany(let over) = refused.kind else { return .unavailable("no session: \(refused.text)") }
        let isOfOne = over.setting == "max-sessions-per-principal"
        return .limit(
            ReachedLimit("\(over.owner) has \(over.limit) \(over.quota)", value: over.limit, setting: over.setting, isOfOne: isOfOne),
            retryAfter: 10)
    }

    func forget(_ session: ProtocolSession, id: String?) {
        table.withLock { table in
            if let id {
                if table.byID[id] === session { table.byID[id] = nil }
            } else if table.stdio === session {
                table.stdio = nil
            }
        }
    }

    package func endSession(_ facts: HTTPFacts, from peer: Peer, sink: any ResponseSink) {
        let session = facts.sessionID.flatMap { find($0, of: peer) }
        if let rejection = Admission.refusal(ofSessionVerb: facts, session: lookup(facts, session)) {
            return finish(rejection, sink)
        }
        guard let session else { return }
        if !Fault.isOn("delete-ends-session") {
            // Withdrawn before the answer: whatever comes after it finds nothing.
            forget(session, id: facts.sessionID)
            session.host.scope.close(Reason(.completed, by: CallExchange.byClient, text: "DELETE"))
        }
        sink.finish([], status: 204)
    }

    package func openStream(_ facts: HTTPFacts, from peer: Peer, sink: any ResponseSink) {
        let session = facts.sessionID.flatMap { find($0, of: peer) }
        if let rejection = Admission.refusal(ofSessionVerb: facts, session: lookup(facts, session)) {
            return finish(rejection, sink)
        }
        guard let session else { return }
        let known: ResumableStream?
        var place = 0
        switch resume(facts, session, sink) {
        case .refused, .done: return
        case .none: known = nil
        case .stream(let stream, let after): (known, place) = (stream, after)
        }
        // Its client has come again before it was missed.
        known?.leave()
        guard runtime.ledger.gauge("stream") < limits.streams else {
            return refuse(nil, tooManyStreams, sink, status: 503)
        }
        let resumable = known ?? self.stream(.get, nil, of: session)
        let stream = SessionStream(resumable ?? sink)
        do {
            try session.host.scope.add(stream)
        } catch {
            return refuse(nil, .sessionNotFound, sink, status: 404)
        }
        guard session.attach(stream, atMost: limits.streamsPerSession) else {
            stream.ended()
            let most = limits.streamsPerSession
            let limit = ReachedLimit("this session has \(most) streams", value: most, setting: "max-streams-per-session")
            return refuse(nil, .limit(limit), sink, status: 409)
        }
        let host = session.host
        host.attach()
        let expiry = end(stream, of: session, whenExpired: peer.identity)
        let gone: @Sendable () -> Void = { [runtime] in
            if let expiry { _ = runtime.timers.cancel(expiry) }
            if !Fault.isOn("reconnect-does-not-chain-handlers") { _ = session.detach(stream) }
            host.detach()
            stream.ended()
        }
        guard let resumable else {
            sink.openStream()
            return sink.onGone(gone)
        }
        resumable.follow { _ in gone() }
        resumable.resume(sink, after: place)
        session.flush()
    }

    /// A stream lasts no longer than what it was opened with: its client has to come again with a new token.
    private func end(_ stream: SessionStream, of session: ProtocolSession, whenExpired identity: Identity?) -> TimerQueue.Entry? {
        guard let expiry = identity?.expiry else { return nil }
        return runtime.timers.schedule(after: expiry - ambit_linux_epoch_now(), on: runtime.executor) { [weak stream, weak session] in
            guard let stream, let session, session.detach(stream) else { return }
            session.host.detach()
            stream.end()
        }
    }

    /// For faults: a session for somebody who was refused.
    func rememberAnyway() { _ = try? sessions.open(kind: .protocol, idle: limits.sessionIdle, principal: "") }

    private func lookup(_ facts: HTTPFacts, _ session: ProtocolSession?) -> SessionLookup {
        guard facts.sessionID != nil else { return .none }
        return session.map { .live($0.legacy) } ?? .unknown
    }

    private func finish(_ rejection: Rejection, _ sink: any ResponseSink) {
        let headers = rejection.httpStatus == 405 ? [ResponseHeader("Allow", "POST")] : []
        sink.finish(rejection.bytes, status: rejection.httpStatus, headers: headers)
    }
}
