/// Why a control request was not served.
struct ControlError: Error, Equatable {
    enum Code: String {
        case invalidRequest = "invalid-request"
        case unsupportedVersion = "unsupported-version"
        case unknownCommand = "unknown-command"
        case unknownTool = "unknown-tool"
        case tooLong = "too-long"
        case busy
        case notReady = "not-ready"
        case cancelled
        case failed
    }

    let code: Code
    let message: String
    /// JSON-RPC's, where the engine refused a call.
    var rpcCode: Int64?

    init(_ code: Code, _ message: String, rpcCode: Int64? = nil) {
        self.code = code
        self.message = message
        self.rpcCode = rpcCode
    }
}
