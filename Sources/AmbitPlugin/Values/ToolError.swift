/// What a handler throws to answer with a tool error: the message goes to the client, `isError` is set.
public struct ToolError: Error, Equatable, Sendable, CustomStringConvertible {
    public var message: String

    public init(_ message: String) { self.message = message }

    public var description: String { message }
}
