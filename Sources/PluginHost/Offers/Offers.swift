internal import MCP

/// What one plugin always offers, read and checked.
struct Offers: Sendable {
    var tools: [Tool] = []
    var resources: [ResourceOffer] = []
    var templates: [TemplateOffer] = []
    var prompts: [Prompt] = []

    /// In the order in which they are listed, which is the plugin's own: what matters most stands first.
    var all: [any AnyOffer] { tools as [any AnyOffer] + resources + templates + prompts }
}
