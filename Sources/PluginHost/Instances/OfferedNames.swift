internal import MCP

/// What a plugin always offers, by name: remembered of its last generation, so that whoever asks for it meanwhile is told where it is.
struct OfferedNames: Sendable {
    private let tools: Set<String>
    private let resources: Set<String>
    private let templates: [URITemplate]
    private let prompts: Set<String>

    init(_ offers: Offers = Offers()) {
        tools = Set(offers.tools.map(\.definition.key))
        resources = Set(offers.resources.map(\.definition.key))
        templates = offers.templates.map(\.definition.template)
        prompts = Set(offers.prompts.map(\.definition.key))
    }

    func has(_ kind: CallKind, _ key: String) -> Bool {
        switch kind {
        case .tool: tools.contains(key)
        case .resource: resources.contains(key) || templates.contains { $0.match(key) != nil }
        case .prompt: prompts.contains(key)
        case .completion: false
        }
    }
}
