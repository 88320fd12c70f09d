package import JSON

/// What became of one question to the client (A12).
package enum AskAnswer: Sendable {
    /// The result of that request in MCP, checked against what was asked.
    case result(JSONValue)
    case timedOut
    case cancelled
    /// The client answered with an error, or with something that was not asked for.
    case failed(String)
}
