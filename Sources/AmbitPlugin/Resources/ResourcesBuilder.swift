/// Lets `Plugin.resources` list resources and templates one after the other, also with `if` and `for`.
@resultBuilder public enum ResourcesBuilder {
    public static func buildExpression(_ resource: Resource) -> [Resource] { [resource] }
    public static func buildExpression(_ template: ResourceTemplate) -> [Resource] { [template.resource] }
    public static func buildExpression(_ resources: [Resource]) -> [Resource] { resources }
    public static func buildBlock(_ resources: [Resource]...) -> [Resource] { resources.flatMap { $0 } }
    public static func buildOptional(_ resources: [Resource]?) -> [Resource] { resources ?? [] }
    public static func buildEither(first resources: [Resource]) -> [Resource] { resources }
    public static func buildEither(second resources: [Resource]) -> [Resource] { resources }
    public static func buildArray(_ resources: [[Resource]]) -> [Resource] { resources.flatMap { $0 } }
}
