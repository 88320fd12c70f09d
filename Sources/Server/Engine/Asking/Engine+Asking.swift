import JSON
import MCP
import PluginHost
import Scopes

/// What a request that brings answers along becomes.
enum Continuation {
    /// A call of its own, which was admitted; with answers that are known already.
    case begins([(key: String, value: JSONValue)])
    /// The request of a call that waits for it.
    case resumes(CallExchange)
    /// None: a call of its own was not admitted, and what it has brought along works again.
    case refused
}

extension Engine {
    /// Opens a `requestState`, and redeems it: once, whatever comes of it (DIGEST 1.8).
    ///
    /// - Parameter admits: whether another call may begin now; asked at most once, and only where that is what it comes to.
    func redeem(
        _ sealed: String, principal: String, _ handler: Handler, arguments: JSONValue?, admits: () -> Bool
    ) -> Result<Continuation, ProtocolError> {
        let binding = RequestBinding.bytes(principal: principal, handler, arguments: arguments)
        guard let bytes = seal.open(sealed, for: binding), let suspended = SuspendedState.read(bytes),
            suspended.expiresAt > Monotonic.unixNow()
        else {
            runtime.ledger.count("requestStates.refused")
            return .failure(.invalidRequestState)
        }
        let redemption = self.suspended.redeem(suspended.id, now: runtime.now, principal: principal) {
            !handler.isReplayable || admits()
        }
        switch redemption {
        case .call(let exchange): return .success(.resumes(exchange))
        case .spent:
            runtime.ledger.count("requestStates.refused")
            return .failure(.invalidRequestState)
        // Run again from its start; the handler finds all answers that there were.
        case .gone where handler.isReplayable: return .success(.begins(suspended.answers))
        case .gone: return .failure(.suspendedCallGone(handler.name))
        case .refused: return .success(.refused)
        }
    }
}
