import JSON
import MCP
import PluginHost
import Scopes

/// A call that goes on without a request, as a task of its client's (DIGEST 1.17). Nothing of the call has moved: its scope, its resources and its
/// limits are what they were; only where its outcome goes is another. It can be read until its time to live is over, which ends the call too.
final class CallTask: Sendable {
    private struct State {
        var snapshot: TaskSnapshot
        /// Nil once it is final, or when an earlier run of the server had it.
        var call: CallExchange?
    }

    let principal: String
    let tool: String
    private let state: Lock<State>

    init(_ snapshot: TaskSnapshot, principal: String, tool: String, call: CallExchange?) {
        self.principal = principal
        self.tool = tool
        state = Lock(State(snapshot: snapshot, call: call))
    }

    var snapshot: TaskSnapshot { state.withLock { $0.snapshot } }
    /// The call while it goes on.
    var call: CallExchange? { state.withLock { $0.call } }
    var id: String { snapshot.id }
    /// Unix epoch, nanoseconds.
    var expiresAt: Int64 { snapshot.expiresAt }

    /// Progress that its handler reports. Nobody is told: whoever polls sees it.
    func report(_ message: String) {
        state.withLock { state in
            guard !state.snapshot.status.isFinal else { return }
            state.snapshot.message = Self.bounded(message)
            state.snapshot.updatedAt = Monotonic.unixNow()
        }
    }

    /// Bytes of what is kept as its message: for people, and not for long texts.
    static let maximalMessage = 2048

    private static func bounded(_ message: String) -> String {
        guard message.utf8.count > maximalMessage else { return message }
        // Between two characters of Unicode.
        return message[..<message.utf8.index(message.startIndex, offsetBy: maximalMessage - 3)] + "…"
    }

    /// What its client is asked from now on; false where that has changed nothing.
    func ask(_ questions: [InputRequest]) -> Bool {
        state.withLock { state in
            guard !state.snapshot.status.isFinal else { return false }
            guard !state.snapshot.questions.elementsEqual(questions, by: { $0.key == $1.key && $0.complaint == $1.complaint }) else {
                return false
            }
            state.snapshot.questions = questions
            state.snapshot.status = questions.isEmpty ? .working : .inputRequired
            state.snapshot.updatedAt = Monotonic.unixNow()
            return true
        }
    }

    /// It is final, once.
    func finish(_ status: TaskStatus, _ message: String?, _ outcome: JSONValue?) -> Bool {
        state.withLock { state in
            guard !state.snapshot.status.isFinal else { return false }
            state.snapshot.status = status
            state.snapshot.message = message.map(Self.bounded)
            state.snapshot.questions = []
            state.snapshot.outcome = outcome
            state.snapshot.updatedAt = Monotonic.unixNow()
            state.call = nil
            return true
        }
    }
}
