/// Lets `Plugin.prompts` list its prompts one after the other, also with `if` and `for`.
@resultBuilder public enum PromptsBuilder {
    public static func buildExpression(_ prompt: Prompt) -> [Prompt] { [prompt] }
    public static func buildExpression(_ prompts: [Prompt]) -> [Prompt] { prompts }
    public static func buildBlock(_ prompts: [Prompt]...) -> [Prompt] { prompts.flatMap { $0 } }
    public static func buildOptional(_ prompts: [Prompt]?) -> [Prompt] { prompts ?? [] }
    public static func buildEither(first prompts: [Prompt]) -> [Prompt] { prompts }
    public static func buildEither(second prompts: [Prompt]) -> [Prompt] { prompts }
    public static func buildArray(_ prompts: [[Prompt]]) -> [Prompt] { prompts.flatMap { $0 } }
}
