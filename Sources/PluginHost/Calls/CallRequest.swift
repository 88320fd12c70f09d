package import JSON
package import MCP

/// What a call needs of its request.
package struct CallRequest: Sendable {
    /// An object, or nil for none.
    package let arguments: JSONValue?
    package let context: RequestContext
    /// The protocol session; nil in the era that has none.
    package let session: HostSession?
    /// Who asks; "" is anonymous. Handles that one principal minted are nobody else's.
    package let principal: String
    /// Its client does not come back: a session that the call begins ends with it, and has no handle.
    package let endsSessions: Bool

    private static let noArguments: JSONValue = {
        guard let document = try? JSONDocument(Array("{}".utf8)) else { preconditionFailure("{} is JSON") }
        return document.root
    }()

    /// The arguments, or an empty object.
    var argumentsObject: JSONValue { arguments ?? Self.noArguments }

    package init(
        arguments: JSONValue?, context: RequestContext, session: HostSession? = nil, principal: String = "", endsSessions: Bool = false
    ) {
        self.arguments = arguments
        self.context = context
        self.session = session
        self.principal = principal
        self.endsSessions = endsSessions
    }
}
