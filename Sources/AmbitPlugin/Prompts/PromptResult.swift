/// What a prompt has become: its messages.
public struct PromptResult: Sendable {
    public var messages: [PromptMessage]
    public var description: String?
    public var meta: JSON?

    public init(_ messages: [PromptMessage], description: String? = nil, meta: JSON? = nil) {
        self.messages = messages
        self.description = description
        self.meta = meta
    }

    public static func messages(_ messages: PromptMessage..., description: String? = nil) -> PromptResult {
        PromptResult(messages, description: description)
    }

    /// One message, the user's.
    public static func text(_ text: String) -> PromptResult { PromptResult([.user(text)]) }

    var result: ToolResult {
        var result = ToolResult(
            messages.map { message in
                var content = message.content
                content.role = Int32(message.isAssistant ? AMBIT_ROLE_ASSISTANT : AMBIT_ROLE_USER)
                return content
            }, meta: meta)
        result.description = description
        return result
    }
}

/// One message of a prompt.
public struct PromptMessage: Sendable {
    let isAssistant: Bool
    let content: Content

    public static func user(_ content: Content) -> PromptMessage { PromptMessage(isAssistant: false, content: content) }
    public static func user(_ text: String) -> PromptMessage { user(.text(text)) }
    public static func assistant(_ content: Content) -> PromptMessage { PromptMessage(isAssistant: true, content: content) }
    public static func assistant(_ text: String) -> PromptMessage { assistant(.text(text)) }
}
