import JSON
import MCP
import Scopes

/// Requests that the server itself makes of the client of a legacy session, and that wait for its answer. Ids are of this session alone: what another
/// session answers finds nothing here.
final class SessionQuestions: Sendable {
    enum Outcome: Sendable {
        case result(JSONValue)
        case error(String)
    }

    private struct State {
        var last = 0
        var waiting: [String: @Sendable (Outcome) -> Void] = [:]
        var isClosed = false
    }

    private let state = Lock(State())

    /// The id of a new request; nil once the session closes. `done` comes at most once.
    func open(_ done: @escaping @Sendable (Outcome) -> Void) -> String? {
        state.withLock { state in
            guard !state.isClosed else { return nil }
            state.last += 1
            let id = "srv-\(state.last)"
            state.waiting[id] = done
            return id
        }
    }

    /// Nobody waits for it any more. False: it was answered already.
    @discardableResult
    func withdraw(_ id: String) -> Bool { state.withLock { $0.waiting.removeValue(forKey: id) != nil } }

    /// A response of the client; false when nobody waits for it.
    func answer(_ inbound: Inbound) -> Bool {
        guard case .string(let id)? = inbound.id, let done = state.withLock({ $0.waiting.removeValue(forKey: id) }) else { return false }
        if let result = inbound.root["result"] {
            done(.result(result))
        } else {
            done(.error(inbound.root["error"]?["message"]?.string ?? "the client refused"))
        }
        return true
    }

    var count: Int { state.withLock { $0.waiting.count } }

    /// The session closes: its calls, and with them whoever asked, end by themselves.
    func close() {
        state.withLock { state in
            state.isClosed = true
            state.waiting = [:]
        }
    }
}
