import JSON

/// What can't be done now, and may be later. JSON-RPC has no code for it but -32603; the status on HTTP and `data` say what it is.
extension ProtocolError {
    /// Of HTTP.
    struct Busy: Sendable, Equatable {
        let status: Int
        /// Seconds; nil: nobody knows.
        let retryAfter: Int?
    }

    /// Somebody has as much as a limit allows. On HTTP 503 where it is the server's, 429 where it is this client's own.
    ///
    /// - Parameters:
    ///   - seconds: when it may be tried again.
    ///   - status: on HTTP, where it is another one.
    package static func limit(_ limit: ReachedLimit, retryAfter seconds: Int = 1, status: Int? = nil) -> Self {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("reason")
        writer.string("limit_reached" as StaticString)
        if let value = limit.value {
            writer.key("limit")
            writer.int(value)
        }
        if let setting = limit.setting {
            writer.key("setting")
            writer.string(setting)
        }
        writer.key("retryable")
        writer.bool(true)
        writer.endObject()
        return Self(
            Code.internalError, "Limit reached: \(limit.text); try again later", data: writer.bytes,
            busy: Busy(status: status ?? (limit.isOfOne ? 429 : 503), retryAfter: seconds))
    }

    /// 503 on HTTP.
    ///
    /// - Parameters:
    ///   - reason: for programs.
    ///   - seconds: when it may be tried again; nil: not before somebody has mended something.
    package static func unavailable(_ why: String, reason: StaticString = "unavailable", retryAfter seconds: Int? = 1) -> Self {
        Self(
            Code.internalError, "Unavailable: \(why)", data: Array(#"{"reason":"\#(reason)","retryable":\#(seconds != nil)}"#.utf8),
            busy: Busy(status: 503, retryAfter: seconds))
    }

    package static let stopping = unavailable("the server is stopping", reason: "stopping")

    /// -32603: something else than its handler has ended a call.
    package static func ended(_ why: String) -> Self { Self(Code.internalError, why) }

    /// 400, for a client that comes back to the stream of a request, with `Last-Event-ID`.
    package static let streamGone = invalidRequest(
        "the stream of Last-Event-ID is not kept any more (replay-age, max-replay and max-replay-events say how long and how much is), or never was: what was still to come on it is lost; send the request again"
    )

    /// -32603, for a client that comes back for an answer: it was too large to be kept, or too much came after it.
    package static let answerGone = Self(
        Code.internalError, "The answer is not kept any more: max-replay and max-replay-events say how much is; the request was served",
        data: Array(#"{"reason":"answer_gone"}"#.utf8))
}
