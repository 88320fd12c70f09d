package import JSON

extension ProtocolError {
    /// What a client sent, short enough to be said back to it.
    package static func brief(_ text: String, atMost bytes: Int = 240) -> String {
        guard text.utf8.count > bytes else { return text }
        // By bytes, not by characters: one of them may be made of a million marks.
        var end = text.utf8.index(text.utf8.startIndex, offsetBy: bytes - 40)
        while end.samePosition(in: text.unicodeScalars) == nil { end = text.utf8.index(before: end) }
        return String(text.unicodeScalars[..<end]) + "…"
    }

    /// Sentences that quote what a client sent.
    private static let longest = 2000

    /// -32700. The message says what was wrong and at which byte.
    package static func parseError(_ cause: JSONError? = nil) -> Self {
        Self(Code.parseError, cause.map { "Parse error: \($0.description)" } ?? "Parse error", isEnvelope: true)
    }

    /// -32600: JSON, but no JSON-RPC message that may stand here.
    package static func invalidRequest(_ why: String) -> Self {
        Self(Code.invalidRequest, "Invalid Request: \(brief(why, atMost: longest))", isEnvelope: true)
    }

    package static let noBatches = invalidRequest("batches are not accepted")

    /// -32601: unknown, or its capability is not offered.
    package static func methodNotFound(_ method: String) -> Self {
        Self(Code.methodNotFound, "Method not found: \(brief(method))")
    }

    /// -32602 from a handler; 200 on HTTP.
    package static func invalidParams(_ why: String, data: [UInt8]? = nil) -> Self {
        Self(Code.invalidParams, "Invalid params: \(brief(why, atMost: longest))", data: data)
    }

    /// -32602 for what must hold before any handler is chosen; 400 on HTTP.
    package static func invalidEnvelope(_ why: String) -> Self {
        Self(Code.invalidParams, "Invalid params: \(brief(why, atMost: longest))", isEnvelope: true)
    }

    package static func secondRequest(_ id: RequestID) -> Self { invalidRequest("a request with the id \(id) is under way") }
    /// - Parameter near: the tool that was probably meant.
    package static func unknownTool(_ name: String, near: String? = nil) -> Self { unknown("tool", name, near) }
    /// - Parameter near: the prompt that was probably meant.
    package static func unknownPrompt(_ name: String, near: String? = nil) -> Self { unknown("prompt", name, near) }

    private static func unknown(_ noun: String, _ name: String, _ near: String?) -> Self {
        Self(Code.invalidParams, "Unknown \(noun): \(brief(name))\(near.map { "; did you mean '\(brief($0))'?" } ?? "")")
    }

    /// -32602 in modern, -32002 in legacy, both with the URI (DIGEST 1.5, 2.5).
    package static func unknownResource(_ uri: String, _ era: Era) -> Self {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("uri")
        writer.string(brief(uri))
        writer.endObject()
        let code = era == .modern ? Code.invalidParams : Code.resourceNotFound
        return Self(code, "Resource not found: \(brief(uri))", data: writer.bytes)
    }

    /// -32602 for whatever is wrong with a `requestState`: who made it up learns nothing from it (DIGEST 1.8).
    package static let invalidRequestState = Self(
        Code.invalidParams, "Invalid or expired requestState: call again without it",
        data: Array(#"{"reason":"invalid_request_state"}"#.utf8))

    /// -32603: the call that had asked is gone, and its tool can't be run a second time by itself.
    package static func suspendedCallGone(_ name: String) -> Self {
        Self(
            Code.internalError,
            "Internal error: the call of \(brief(name)) that asked for this is gone (it took too long, or its server or plugin was restarted): call it again without requestState",
            data: Array(#"{"reason":"suspended_call_gone","retryable":true}"#.utf8))
    }

    package static let missingTasks = missingCapability(
        "extensions.io.modelcontextprotocol/tasks", required: #"{"extensions":{"io.modelcontextprotocol/tasks":{}}}"#)
    /// -32602, also for another client's: nobody learns that there is one.
    package static let unknownTask = Self(Code.invalidParams, "Unknown task: it never was, or its time is over")

    package static let invalidCursor = Self(
        Code.invalidParams, "Invalid params: the cursor is none of this list, or the list has changed since: list again")
    package static func internalError(_ why: String) -> Self { Self(Code.internalError, "Internal error: \(why)") }

    /// -32020: a required header is missing, malformed, repeated or not what the body says.
    package static func headerMismatch(_ why: String) -> Self {
        Self(Code.headerMismatch, "Header mismatch: \(brief(why, atMost: 600))")
    }

    /// -32021. `required` has the shape of ClientCapabilities, such as `{"sampling":{}}`.
    package static func missingCapability(_ name: String, required: StaticString) -> Self {
        Self(
            Code.missingCapability, "Missing required client capability: \(name)",
            data: Array(#"{"requiredCapabilities":\#(required)}"#.utf8))
    }

    /// -32022. Echoes what was asked for and lists what `server/discover` lists.
    package static func unsupportedVersion(requested: String) -> Self {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("supported")
        writer.beginArray()
        for version in ProtocolVersion.modern { writer.string(version.rawValue) }
        writer.endArray()
        writer.key("requested")
        writer.string(brief(requested))
        writer.endObject()
        return Self(Code.unsupportedVersion, "Unsupported protocol version", data: writer.bytes)
    }

    /// Legacy, 400.
    package static let missingSession = Self(Code.badSession, "Bad Request: the Mcp-Session-Id header is required")
    /// Legacy, 404: the client begins again with `initialize`.
    package static let sessionNotFound = Self(Code.sessionNotFound, "Session not found")
    /// Legacy, 400: the header names a version that no session here has.
    package static func unsupportedSessionVersion(_ version: String) -> Self {
        let known = ProtocolVersion.legacy.map(\.rawValue).joined(separator: ", ")
        return Self(
            Code.badSession, "Bad Request: unsupported protocol version \(brief(version)); this session knows \(known)")
    }

    /// An error of an application, with a code outside -32768…-32000, or one that a plugin chose.
    package static func custom(code: Int, message: String, data: JSONValue? = nil) -> Self {
        Self(code, message, data: data?.compact)
    }
}
