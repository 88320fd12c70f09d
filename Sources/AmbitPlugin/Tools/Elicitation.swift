/// What a person answered to an elicitation.
public enum Elicitation: Equatable, Sendable {
    /// An object that fits the schema.
    case accepted(JSON)
    case declined
    /// Dismissed without a choice.
    case cancelled

    init(_ result: JSON) throws(AmbitError) {
        switch result["action"]?.string {
        case "accept": self = .accepted(result["content"] ?? .object(JSON.Object()))
        case "decline": self = .declined
        case "cancel": self = .cancelled
        default: throw AmbitError(.failed, "the client answered \(result.shown) to an elicitation")
        }
    }
}

extension Answer {
    /// The result of an elicitation; throws like `result`.
    public var elicitation: Elicitation {
        get throws(AmbitError) { try Elicitation(try result) }
    }
}
