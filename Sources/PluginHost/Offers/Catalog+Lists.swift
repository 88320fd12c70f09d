package import MCP
internal import Scopes

extension Catalog {
    // MARK: - Lists

    /// What everybody is offered: the current snapshot, nothing is sorted or copied.
    package func tools() -> [Tool] { state.withLock { $0.shelves.tools.shared.offers } }

    package func tools(for session: HostSession?) -> Listing<ToolDefinition> { list(for: session) }
    package func resources(for session: HostSession?) -> Listing<ResourceDefinition> { list(for: session) }
    package func templates(for session: HostSession?) -> Listing<ResourceTemplateDefinition> { list(for: session) }
    package func prompts(for session: HostSession?) -> Listing<PromptDefinition> { list(for: session) }

    private func list<Definition>(for session: HostSession?) -> Listing<Definition> {
        let (shared, own) = state.withLock { state in
            let shelf = state.shelves[keyPath: Definition.shelf]
            return (shelf.shared, shelf.own(session?.key))
        }
        guard let own else { return Listing(offers: shared.offers, isShared: true, shared: shared.stamp, own: 0) }
        return Listing(offers: shared.offers + own.offers, isShared: false, shared: shared.stamp, own: own.stamp)
    }

    // MARK: - Finding

    package func tool(named name: String, for session: HostSession? = nil) -> Tool? {
        state.withLock { $0.shelves.tools.find(name, for: session?.key) }
    }

    package func prompt(named name: String, for session: HostSession? = nil) -> Prompt? {
        state.withLock { $0.shelves.prompts.find(name, for: session?.key) }
    }

    package func resource(_ uri: String, for session: HostSession? = nil) -> ResourceOffer? {
        state.withLock { $0.shelves.resources.find(uri, for: session?.key) }
    }

    /// A template by its text.
    package func template(_ text: String, for session: HostSession? = nil) -> TemplateOffer? {
        state.withLock { $0.shelves.templates.find(text, for: session?.key) }
    }

    /// The template that was registered first of those that a URI matches, with its variables.
    package func template(
        matching uri: String, for session: HostSession? = nil
    ) -> (offer: TemplateOffer, variables: [(name: String, value: String)])? {
        template(matching: uri, forKey: session?.key)
    }

    func template(matching uri: String, forKey key: UInt64?) -> (offer: TemplateOffer, variables: [(name: String, value: String)])? {
        // Matching takes its time: not under the lock.
        let (shared, own) = state.withLock { ($0.shelves.templates.shared.offers, $0.shelves.templates.own(key)?.offers ?? []) }
        for offers in [shared, own] {
            for offer in offers {
                if let variables = offer.definition.template.match(uri) { return (offer, variables) }
            }
        }
        return nil
    }
}
