package import JSON

/// What a client says of itself. Untrusted: for display, logs and the choice of what may be asked of it.
package struct ClientDescription: Sendable {
    /// `Implementation`, when it was given.
    package let info: JSONValue?
    /// `ClientCapabilities`, an object; nil counts as empty.
    package let capabilities: JSONValue?

    package init(info: JSONValue?, capabilities: JSONValue?) {
        self.info = info
        self.capabilities = capabilities
    }

    /// A copy that doesn't keep the whole message alive.
    func detached() -> ClientDescription {
        ClientDescription(info: Self.copy(info), capabilities: Self.copy(capabilities))
    }

    private static func copy(_ value: JSONValue?) -> JSONValue? {
        value.flatMap { try? JSONDocument($0.compact, limits: .own).root }
    }
}
