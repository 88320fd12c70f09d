/// Something to ask the client while a call runs (A12).
public struct Question: Sendable {
    enum Kind: Int32 {
        case elicitation = 0
        case sampling = 1
        case roots = 2
    }

    let kind: Kind
    /// `[A-Za-z0-9_.-]{1,64}`; the same question has the same key when the handler is run again.
    public let key: String
    let parameters: JSON

    /// Asks the person for something; `Answer.elicitation` reads the answer.
    ///
    /// - Parameter schema: JSON Schema of what is wanted: an object with scalar properties.
    public static func elicitation(_ key: String, _ message: String, schema: JSON) -> Question {
        Question(kind: .elicitation, key: key, parameters: ["message": .string(message), "requestedSchema": schema])
    }

    /// Asks the person to open a page, where they do what no form of the client may be for: sign in, pay. `Answer.elicitation` reads whether they
    /// are willing to, not what they did there: that the page tells whoever made it.
    ///
    /// - Parameter url: `https:`, or `http:` of this machine; without anything secret in it.
    public static func elicitation(_ key: String, _ message: String, url: String) -> Question {
        Question(kind: .elicitation, key: key, parameters: ["mode": "url", "message": .string(message), "url": .string(url)])
    }

    /// Asks the client's model.
    ///
    /// - Parameter parameters: the params of MCP's `sampling/createMessage`.
    public static func sampling(_ key: String, _ parameters: JSON) -> Question {
        Question(kind: .sampling, key: key, parameters: parameters)
    }

    /// Asks for the folders that the client works in; `Answer.roots` reads the answer.
    public static func roots(_ key: String) -> Question {
        Question(kind: .roots, key: key, parameters: .object(JSON.Object()))
    }
}
