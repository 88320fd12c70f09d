import JSON

/// The stdio decision table of DIGEST 1.20: per message, not per process. Notifications and responses are never answered.
struct StdioAdmission {
    let inbound: Inbound
    let session: SessionLookup
    let capabilities: ServerCapabilities

    init(_ inbound: Inbound, _ session: SessionLookup, _ capabilities: ServerCapabilities) {
        self.inbound = inbound
        self.session = session
        self.capabilities = capabilities
    }

    func decide() -> Admission {
        // One pipe, one table of requests in flight: a cancellation finds its request in whichever era.
        if inbound.shape == .notification, inbound.known == .cancelled {
            return Cancellation(inbound.params).map { .cancel($0) } ?? .ignore
        }
        if inbound.isModern {
            guard inbound.shape == .request else { return .ignore }
            return ModernAdmission(inbound: inbound, facts: nil, capabilities: capabilities).decide()
        }
        if case .live(let live) = session {
            return LegacyAdmission(inbound: inbound, session: live, capabilities: capabilities).decide()
        }
        guard inbound.shape == .request else { return .ignore }
        switch inbound.known {
        case .initialize: return LegacyAdmission.initialize(inbound)
        case .ping: return .ping
        default:
            // Not a modern code, so that a client that probes falls back to initialize.
            let error = ProtocolError.invalidEnvelope(
                "missing _meta field \(MetaKey.protocolVersion); a client of an earlier version begins with initialize")
            return .reject(Rejection(error, id: inbound.id, httpStatus: 400))
        }
    }
}
