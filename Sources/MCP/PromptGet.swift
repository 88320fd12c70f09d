package import JSON

/// The parameters of `prompts/get`.
package struct PromptGet: Sendable {
    package let name: String
    /// An object, or nil when absent.
    package let arguments: JSONValue?

    package static func parse(_ inbound: Inbound) -> Result<PromptGet, ProtocolError> {
        guard let name = inbound.name?.string else { return .failure(.invalidParams("name must be a string")) }
        let arguments = inbound.arguments
        if let arguments, arguments.kind != .object { return .failure(.invalidParams("arguments must be an object")) }
        return .success(PromptGet(name: name, arguments: arguments))
    }
}
