internal import MCP

/// All that the catalogue holds.
package struct Shelves: Sendable {
    var tools = Shelf<ToolDefinition>()
    var resources = Shelf<ResourceDefinition>()
    var templates = Shelf<ResourceTemplateDefinition>()
    var prompts = Shelf<PromptDefinition>()
}
