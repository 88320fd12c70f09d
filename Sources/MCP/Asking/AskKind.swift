/// What a server may ask its client for while it serves a request (DIGEST 1.9, 2.8).
package enum AskKind: Int32, Sendable, CaseIterable {
    case elicitation = 0
    case sampling = 1
    case roots = 2

    package var method: StaticString {
        switch self {
        case .elicitation: "elicitation/create"
        case .sampling: "sampling/createMessage"
        case .roots: "roots/list"
        }
    }
}
