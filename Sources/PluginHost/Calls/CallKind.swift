/// What a call asks for; the numbers are those of the ABI.
package enum CallKind: Int32, Sendable {
    case tool = 0
    case resource = 1
    case prompt = 2
    case completion = 3

    /// How a handler of this kind is spoken of.
    package var noun: String {
        switch self {
        case .tool: "tool"
        case .resource: "resource"
        case .prompt: "prompt"
        case .completion: "completion"
        }
    }

    /// Whether its handler may ask the client (DIGEST 1.8).
    package var canAsk: Bool { self != .completion }
}
