import MCP

/// A request that is turned away before it is looked at as MCP. The body is a JSON-RPC error without id, so that an MCP client can
/// show it.
struct HTTPRefusal: Equatable {
    let status: Int
    let message: String
    var headers: [ResponseHeader] = []
    /// For its Host or Origin.
    var isForeign = false

    var body: [UInt8] { MessageEncoder.error(id: nil, .custom(code: -32600, message: message, data: nil)) }

    static func tooLarge(_ limit: Int) -> HTTPRefusal {
        HTTPRefusal(status: 413, message: "The request is larger than \(limit) bytes (max-body)")
    }
}
