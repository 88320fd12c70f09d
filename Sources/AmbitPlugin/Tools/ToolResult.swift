/// What a tool answers.
public struct ToolResult: Sendable {
    public var content: [Content]
    /// A JSON value that fits the tool's output schema.
    public var structured: JSON?
    /// The tool failed; `content` says why, to the model.
    public var isError: Bool
    public var meta: JSON?
    /// What a prompt has become.
    var description: String?
    /// `content` is the text twin of `structured`, made when the result is sent.
    private var twin = false
    /// The handler has written it piece by piece (`Call.result`).
    private(set) var isWritten = false

    public init(_ content: [Content] = [], structured: JSON? = nil, isError: Bool = false, meta: JSON? = nil) {
        self.content = content
        self.structured = structured
        self.isError = isError
        self.meta = meta
    }

    public static func text(_ text: String) -> ToolResult { ToolResult([.text(text)]) }

    public static func error(_ text: String) -> ToolResult { ToolResult([.text(text)], isError: true) }

    /// A structured result and its twin as text: `text`, or else the JSON itself.
    public static func json(_ value: JSON, text: String? = nil, isError: Bool = false) -> ToolResult {
        var result = ToolResult(text.map { [.text($0)] } ?? [], structured: value, isError: isError)
        result.twin = text == nil
        return result
    }

    /// What a handler returns that has written its result piece by piece with `Call.result`.
    public static func written(isError: Bool = false, meta: JSON? = nil) -> ToolResult {
        var result = ToolResult([], isError: isError, meta: meta)
        result.isWritten = true
        return result
    }

    /// A structured result from a value and its twin as text: `text`, or else the JSON itself. What encoding throws is passed on.
    public static func structured<Value: Encodable>(
        _ value: Value, text: String? = nil, isError: Bool = false
    ) throws -> ToolResult {
        .json(try JSON(encoding: value), text: text, isError: isError)
    }

    /// The result as it is sent: with the handle of a session that the call minted, and with its text twin.
    func completed(minted: Session?) -> ToolResult {
        var result = self
        if let handle = minted?.handle, case .object(var object)? = structured, object[Session.argument] == nil {
            object[Session.argument] = .string(handle)
            result.structured = .object(object)
        }
        if twin, let structured = result.structured { result.content.insert(.text(structured.text), at: 0) }
        if let minted { result.content.append(.text(minted.announcement)) }
        result.twin = false
        return result
    }
}
