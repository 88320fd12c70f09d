internal import AmbitPlugin

extension Elicitation {
    /// As MCP calls it.
    var action: String {
        switch self {
        case .accepted: "accept"
        case .declined: "decline"
        case .cancelled: "cancel"
        }
    }

    var content: JSON {
        if case .accepted(let content) = self { content } else { [:] }
    }

    var text: String { "action=\(action), content=\(content.text)" }
}

extension Call {
    /// Has the client's model answer one message, and gives its text.
    func sample(_ key: String, _ prompt: String, maxTokens: Int) async throws -> String {
        Call.text(ofSample: try await ask(.sample(key, prompt, maxTokens: maxTokens)))
    }

    static func text(ofSample result: JSON) -> String {
        let blocks = result["content"].map { $0.array ?? [$0] } ?? []
        return blocks.compactMap { $0["text"]?.string }.joined(separator: "\n")
    }
}

extension Question {
    static func sample(_ key: String, _ prompt: String, maxTokens: Int) -> Question {
        .sampling(
            key,
            [
                "messages": [["role": "user", "content": ["type": "text", "text": .string(prompt)]]],
                "maxTokens": JSON(maxTokens),
            ])
    }
}
