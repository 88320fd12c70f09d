package import JSON

/// The parameters of `tools/call`. Arguments stay raw until they meet the tool's schema.
package struct ToolCall: Sendable {
    package let name: String
    /// An object, or nil when absent.
    package let arguments: JSONValue?

    package static func parse(_ inbound: Inbound) -> Result<ToolCall, ProtocolError> {
        guard inbound.params != nil else { return .failure(.invalidParams("tools/call needs params")) }
        guard let name = inbound.name?.string else {
            return .failure(.invalidParams("name must be a string"))
        }
        let arguments = inbound.arguments
        if let arguments, arguments.kind != .object {
            return .failure(.invalidParams("arguments must be an object"))
        }
        return .success(ToolCall(name: name, arguments: arguments))
    }
}
