import JSON

/// `notifications/cancelled`: the client doesn't want the answer any more, and must not get one.
package struct Cancellation: Sendable, Equatable {
    package let requestID: RequestID
    package let reason: String?

    /// Nil when it is malformed: such a notification is ignored (DIGEST 1.11).
    init?(_ params: JSONValue?) {
        guard let id = params?["requestId"].flatMap({ RequestID($0) }) else { return nil }
        requestID = id
        reason = params?["reason"]?.string
    }
}
