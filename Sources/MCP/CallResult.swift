package import JSON

/// What a handler answered: a tool, the reading of a resource, a prompt or a completion. An error of a tool is a result too, so that the model
/// can read it and do better.
package struct CallResult: Sendable {
    /// Of a prompt: one message each. Of a resource: its contents.
    package var content: [Content]
    /// Who says the messages of a prompt; empty: the user, all of them.
    package var roles: [Role]
    /// Any JSON value; legacy clients get it only when it is an object.
    package var structured: JSONValue?
    package var isError: Bool
    /// An object.
    package var meta: JSONValue?
    /// What a prompt has become, for people.
    package var description: String?

    package init(
        content: [Content], roles: [Role] = [], structured: JSONValue? = nil, isError: Bool = false, meta: JSONValue? = nil,
        description: String? = nil
    ) {
        self.content = content
        self.roles = roles
        self.structured = structured
        self.isError = isError
        self.meta = meta
        self.description = description
    }

    package static func text(_ text: String) -> CallResult { CallResult(content: [.text(text)]) }
    /// A result that says what went wrong.
    package static func failure(_ text: String) -> CallResult { CallResult(content: [.text(text)], isError: true) }

    /// The text blocks, a line each.
    package var text: String { content.compactMap(\.text).joined(separator: "\n") }
}
