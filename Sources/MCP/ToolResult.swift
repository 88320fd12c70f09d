package import JSON

/// What a tool answered. An error of the tool is a result too, so that the model can read it and do better.
package struct ToolResult: Sendable {
    package var content: [Content]
    /// Any JSON value; legacy clients get it only when it is an object.
    package var structured: JSONValue?
    package var isError: Bool
    /// An object.
    package var meta: JSONValue?

    package init(content: [Content], structured: JSONValue? = nil, isError: Bool = false, meta: JSONValue? = nil) {
        self.content = content
        self.structured = structured
        self.isError = isError
        self.meta = meta
    }

    package static func text(_ text: String) -> ToolResult { ToolResult(content: [.text(text)]) }
    /// A result that says what went wrong.
    package static func failure(_ text: String) -> ToolResult { ToolResult(content: [.text(text)], isError: true) }
}
