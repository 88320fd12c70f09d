internal import MCP

/// What one plugin always offers, read and checked.
struct Offers: Sendable {
    var tools: [Tool] = []
    var resources: [ResourceOffer] = []
    var templates: [TemplateOffer] = []
    var prompts: [Prompt] = []

    /// In the order in which they are listed: tools by name, the others as the plugin has them.
    var all: [any AnyOffer] {
        tools.sorted { $0.definition.name < $1.definition.name } as [any AnyOffer] + resources + templates + prompts
    }
}
