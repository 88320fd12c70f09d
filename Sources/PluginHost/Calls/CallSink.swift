package import JSON
package import MCP
package import Scopes

/// The request that a call answers to: where progress, logs and the outcome go. One per request; owned by the call until its outcome.
package protocol CallSink: AnyObject, Sendable {
    /// Comes only where the client wants progress. A number that does not exceed the last one is the sink's to drop.
    func progress(_ progress: Double, total: Double?, message: String?) -> SinkStatus
    /// - Parameter data: scanned already; insignificant white space is the sink's to remove (A11).
    func log(_ level: LogLevel, logger: String, data: JSONValue) -> SinkStatus
    /// Calls `ready` exactly once, never before this returns: true when there is room, false when the request is gone.
    func whenWritable(_ ready: @escaping @Sendable (Bool) -> Void)
    /// Puts questions to the client (A12). `done` comes once, on any thread, with an answer for each in their order, unless the call has its
    /// outcome first: then it may not come at all. Where this throws, nothing was asked.
    func ask(_ questions: [InputRequest], _ done: @escaping @Sendable ([AskAnswer]) -> Void) throws(AskRefusal)
    /// Ends the connection of the client, not the request: it comes back after `retry`, in nanoseconds, and goes on reading.
    func disconnect(retry: Int64) -> ClientDisconnect
    /// Comes exactly once, on any thread, and is the last.
    func finish(_ outcome: CallOutcome)
}

package enum SinkStatus: Sendable { case queued, full, closed }

package enum ClientDisconnect: Sendable {
    /// Also where the client was away already.
    case done
    /// The request is over.
    case closed
    /// This client would not come back.
    case unsupported(String)
}

/// How a call ended (A9).
package enum CallOutcome: Sendable {
    case result(CallResult)
    case failure(ProtocolError)
    /// Its scope closes before its handler has finished: cancelled, disconnected, over a limit (the reason's text names it) …
    case cancelled(Reason)

    /// Whether it is what was asked for.
    var isSuccess: Bool {
        if case .result(let result) = self { !result.isError } else { false }
    }
}

extension CallSink {
    /// Of a sink behind which nobody can be asked.
    package func ask(_ questions: [InputRequest], _ done: @escaping @Sendable ([AskAnswer]) -> Void) throws(AskRefusal) {
        throw .version("nobody can be asked anything here")
    }

    /// Of a sink that has no connection.
    package func disconnect(retry: Int64) -> ClientDisconnect { .unsupported("there is no connection here that a client could make anew") }
}
