/// What is to become of a message: the era decision and all checks that come before a handler (DIGEST 1.20, and
/// steps 8 to 13 of the ladder in 1.6). A pure function of the message, the transport's facts and the session.
package enum Admission: Sendable {
    /// A modern request: to be served without any state.
    case modern(RequestContext)
    /// A request in the live session that was looked up.
    case legacy(RequestContext)
    /// Begins a session.
    case initialize(Initialization)
    /// A `ping` before any session (stdio): answered with an empty result.
    case ping
    /// `notifications/initialized` of the live session.
    case initialized
    /// The answer to this request is not wanted any more. Unknown ids are ignored.
    case cancel(Cancellation)
    /// The client's answer to a request that the live session made; dropped when none is pending.
    case response
    /// Accepted and without effect: 202 on HTTP, nothing on stdio.
    case ignore
    case reject(Rejection)

    package static func decide(
        _ inbound: Inbound, over transport: TransportFacts, session: SessionLookup, capabilities: ServerCapabilities
    ) -> Admission {
        switch transport {
        case .stdio: StdioAdmission(inbound, session, capabilities).decide()
        case .http(let facts): HTTPAdmission(inbound, facts, session, capabilities).decide()
        }
    }

    /// Why a GET or DELETE is refused, or nil when it may go on to the live session that was looked up.
    package static func refusal(ofSessionVerb facts: HTTPFacts, session: SessionLookup) -> Rejection? {
        if let header = facts.version, !ProtocolVersion(rawValue: header).isLegacy {
            guard ProtocolVersion(rawValue: header).isModern else {
                return Rejection(.unsupportedSessionVersion(header), id: nil, httpStatus: 400)
            }
            return Rejection(.invalidRequest("this version knows POST only"), id: nil, httpStatus: 405)
        }
        return switch session {
        case .none: Rejection(.missingSession, id: nil, httpStatus: 400)
        case .unknown: Rejection(.sessionNotFound, id: nil, httpStatus: 404)
        case .live: nil
        }
    }
}
