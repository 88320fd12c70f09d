package import MCP

/// What is listed of an offer, and where.
package protocol OfferDefinition: Sendable {
    /// What no other offer of its sort may have.
    var key: String { get }
    static var noun: String { get }
    /// Which list changes with it.
    static var kind: Catalog.Kind { get }
    static var shelf: WritableKeyPath<Shelves, Shelf<Self>> { get }
}

extension ToolDefinition: OfferDefinition {
    package var key: String { name }
    package static var noun: String { "tool" }
    package static var kind: Catalog.Kind { .tools }
    package static var shelf: WritableKeyPath<Shelves, Shelf<Self>> { \.tools }
}

extension ResourceDefinition: OfferDefinition {
    package var key: String { uri }
    package static var noun: String { "resource" }
    package static var kind: Catalog.Kind { .resources }
    package static var shelf: WritableKeyPath<Shelves, Shelf<Self>> { \.resources }
}

extension ResourceTemplateDefinition: OfferDefinition {
    package var key: String { template.text }
    package static var noun: String { "resource template" }
    package static var kind: Catalog.Kind { .resources }
    package static var shelf: WritableKeyPath<Shelves, Shelf<Self>> { \.templates }
}

extension PromptDefinition: OfferDefinition {
    package var key: String { name }
    package static var noun: String { "prompt" }
    package static var kind: Catalog.Kind { .prompts }
    package static var shelf: WritableKeyPath<Shelves, Shelf<Self>> { \.prompts }
}
