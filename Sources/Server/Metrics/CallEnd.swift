import MCP
import PluginHost
import Scopes

/// How a call ended, as metrics tell it apart.
enum CallEnd: Int, CaseIterable {
    case ok
    /// The tool says that it failed.
    case toolError
    case invalidParams
    case internalError
    case otherError
    case cancelled
    case disconnected
    case deadline
    case unloaded
    case shutdown
    /// Its scope closed for another reason.
    case closed

    init(_ outcome: CallOutcome) {
        switch outcome {
        case .result(let result): self = result.isError ? .toolError : .ok
        case .failure(let error):
            switch error.code {
            case ProtocolError.Code.invalidParams: self = .invalidParams
            case ProtocolError.Code.internalError: self = .internalError
            default: self = .otherError
            }
        case .cancelled(let reason):
            switch reason.kind {
            case .cancelled: self = .cancelled
            case .disconnected: self = .disconnected
            case .deadline, .idle: self = .deadline
            case .unloaded: self = .unloaded
            case .shutdown: self = .shutdown
            default: self = .closed
            }
        }
    }

    /// Value of the label `code`.
    var code: String {
        switch self {
        case .ok: "ok"
        case .toolError: "tool_error"
        case .invalidParams: "invalid_params"
        case .internalError: "internal_error"
        case .otherError: "other_error"
        case .cancelled: "cancelled"
        case .disconnected: "disconnected"
        case .deadline: "deadline"
        case .unloaded: "unloaded"
        case .shutdown: "shutdown"
        case .closed: "closed"
        }
    }
}
