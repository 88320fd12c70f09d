package import JSON

/// What a modern client brings along when it tries again: answers by key, and the state that it was given (DIGEST 1.8).
package struct InputResponses: Sendable {
    /// An object; nil when there is none. Keys that nobody asked for are ignored.
    package let answers: JSONValue?
    /// Opaque to the client, and not to be trusted.
    package let state: String?

    package static func parse(_ inbound: Inbound) -> Result<InputResponses, ProtocolError> {
        let answers = inbound.inputResponses
        if let answers, answers.kind != .object { return .failure(.invalidParams("inputResponses must be an object")) }
        let state = inbound.requestState
        if let state, state.kind != .string { return .failure(.invalidRequestState) }
        return .success(InputResponses(answers: answers, state: state?.string))
    }

    /// What was answered under a key; nil when nothing was.
    package subscript(_ key: String) -> JSONValue? { answers?[key: key] }
}
