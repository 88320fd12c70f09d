/// Lets `Plugin.tools` list its tools one after the other, also with `if` and `for`.
@resultBuilder public enum ToolsBuilder {
    public static func buildExpression(_ tool: Tool) -> [Tool] { [tool] }
    public static func buildExpression(_ tools: [Tool]) -> [Tool] { tools }
    public static func buildBlock(_ tools: [Tool]...) -> [Tool] { tools.flatMap { $0 } }
    public static func buildOptional(_ tools: [Tool]?) -> [Tool] { tools ?? [] }
    public static func buildEither(first tools: [Tool]) -> [Tool] { tools }
    public static func buildEither(second tools: [Tool]) -> [Tool] { tools }
    public static func buildArray(_ tools: [[Tool]]) -> [Tool] { tools.flatMap { $0 } }
}
