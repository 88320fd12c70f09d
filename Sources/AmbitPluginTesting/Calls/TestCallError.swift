public import AmbitPlugin

/// Why a call has no result.
public enum TestCallError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The plugin or the host answered with a protocol error.
    case failed(code: Int, message: String)
    /// It was ended before its handler had finished: cancelled, disconnected, over a limit …
    case ended(Reason.Kind, String)
    /// It has no outcome, and nothing is left that time could change; with the tree.
    case stuck(String)

    public var description: String {
        switch self {
        case .failed(let code, let message): "the call failed (\(code)): \(message)"
        case .ended(let kind, let text): "the call was ended: \(kind)\(text.isEmpty ? "" : ", \(text)")"
        case .stuck(let tree): "the call does not end, and waits for something that is not time:\n\(tree)"
        }
    }
}
