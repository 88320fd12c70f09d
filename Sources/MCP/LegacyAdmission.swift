import JSON

/// A message in a live legacy session, whatever it came over.
struct LegacyAdmission {
    let inbound: Inbound
    let session: LegacySession
    let capabilities: ServerCapabilities

    func decide() -> Admission {
        switch inbound.shape {
        case .response: return .response
        case .notification: return notification
        case .request: break
        }
        guard inbound.known != .initialize else {
            return .reject(
                Rejection(.invalidRequest("this session is initialized already"), id: inbound.id, httpStatus: 400))
        }
        guard let method = inbound.known, capabilities.serves(method, .legacy) else {
            return .reject(Rejection(.methodNotFound(inbound.method), id: inbound.id, era: .legacy))
        }
        do {
            let token = try ModernAdmission.progressToken(inbound.meta)
            return .legacy(session.context(of: inbound, logging: capabilities.logging, token: token))
        } catch {
            return .reject(Rejection(error, id: inbound.id, era: .legacy))
        }
    }

    private var notification: Admission {
        switch inbound.known {
        case .initialized: .initialized
        case .cancelled: Cancellation(inbound.params).map { .cancel($0) } ?? .ignore
        default: .ignore
        }
    }

    /// `initialize` where no session is live.
    static func initialize(_ inbound: Inbound) -> Admission {
        switch Initialization.parse(inbound) {
        case .success(let initialization): .initialize(initialization)
        case .failure(let error): .reject(Rejection(error, id: inbound.id, era: .legacy))
        }
    }
}
