import JSON

/// The HTTP decision table of DIGEST 1.20. The era belongs to the request, never to the connection; `_meta` is looked
/// at before the method's name, and the presence of `Mcp-Method` says nothing.
struct HTTPAdmission {
    let inbound: Inbound
    let facts: HTTPFacts
    let session: SessionLookup
    let capabilities: ServerCapabilities

    init(_ inbound: Inbound, _ facts: HTTPFacts, _ session: SessionLookup, _ capabilities: ServerCapabilities) {
        self.inbound = inbound
        self.facts = facts
        self.session = session
        self.capabilities = capabilities
    }

    func decide() -> Admission {
        if inbound.isModern { return modern }
        let header = facts.version
        if let header, !ProtocolVersion(rawValue: header).isLegacy {
            // A live session with a version that no session can have is a legacy client's mistake.
            if case .live = session { return reject(.unsupportedSessionVersion(header), 400) }
            return modern
        }
        if inbound.known == .initialize {
            if case .live(let live) = session {
                return LegacyAdmission(inbound: inbound, session: live, capabilities: capabilities).decide()
            }
            guard inbound.shape == .request else { return reject(.invalidRequest("initialize needs an id"), 400) }
            return LegacyAdmission.initialize(inbound)
        }
        switch session {
        case .none: return reject(.missingSession, 400)
        case .unknown: return reject(.sessionNotFound, 404)
        case .live(let live):
            return LegacyAdmission(inbound: inbound, session: live, capabilities: capabilities).decide()
        }
    }

    /// There are no modern notifications and no responses over HTTP; the first are harmless, the second are not.
    private var modern: Admission {
        switch inbound.shape {
        case .request:
            return ModernAdmission(inbound: inbound, facts: facts, capabilities: capabilities).decide()
        case .notification:
            let version = facts.version ?? inbound.meta?[MetaKey.protocolVersion]?.string ?? ""
            guard ProtocolVersion(rawValue: version).isModern else {
                return reject(.unsupportedVersion(requested: version), 400)
            }
            return .ignore
        case .response:
            return reject(.invalidRequest("a client has nothing to respond to in this version"), 400)
        }
    }

    private func reject(_ error: ProtocolError, _ status: Int) -> Admission {
        .reject(Rejection(error, id: inbound.shape == .request ? inbound.id : nil, httpStatus: status))
    }
}
