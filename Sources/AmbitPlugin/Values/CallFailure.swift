/// What a handler throws to answer with an error of the protocol. What the model could mend is better said with `ToolError`.
public struct CallFailure: Error, Equatable, Sendable, CustomStringConvertible {
    /// A JSON-RPC code outside -32768 to -32000, -32602 or -32603.
    public var code: Int32
    public var message: String
    public var data: JSON?

    public init(code: Int32, _ message: String, data: JSON? = nil) {
        self.code = code
        self.message = message
        self.data = data
    }

    /// The request's parameters are wrong.
    public static func invalidParameters(_ message: String) -> CallFailure { CallFailure(code: -32602, message) }

    /// There is nothing at the URI that was to be read; only for resources. Clients get what their version says for it.
    public static let noResource = CallFailure(code: Int32(AMBIT_CODE_NO_RESOURCE), "Resource not found")

    public var description: String { message }
}
