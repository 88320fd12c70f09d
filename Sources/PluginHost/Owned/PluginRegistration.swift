internal import CAmbit
internal import MCP
internal import Scopes

/// A tool, resource or prompt that a plugin offers while it runs (A13): to everybody, or to the session that its scope belongs to.
///
/// It ends when it is withdrawn; `destroyed` follows when its last call has ended, which may be later.
final class PluginRegistration: Resource, @unchecked Sendable {  // `life` guards the handle; the rest is constant
    private let offer: any AnyOffer
    private let uses: HandlerUses
    private let whom: Catalog.Audience
    private let catalog: Catalog
    private let destroyed: ForeignCallback<ContextFunction?>
    private let handle = Lock<ambit_handle>(0)

    private init(
        _ offer: any AnyOffer, _ uses: HandlerUses, _ whom: Catalog.Audience, _ catalog: Catalog,
        _ destroyed: ForeignCallback<ContextFunction?>
    ) {
        self.offer = offer
        self.uses = uses
        self.whom = whom
        self.catalog = catalog
        self.destroyed = destroyed
        super.init(.registration, label: offer.label)
    }

    static func add(
        tool registration: UnsafePointer<ambit_tool_registration>?, in entry: ScopeEntry
    ) throws(Refusal) -> ambit_registration {
        let registration = try Structs.read(registration, "registration")
        let uses = HandlerUses()
        let tool = try entry.instance.readTool(registration.tool, uses: uses)
        return try add(tool, uses, ForeignCallback(registration.tool.pointee.context, registration.destroyed), in: entry)
    }

    static func add(
        resource registration: UnsafePointer<ambit_resource_registration>?, in entry: ScopeEntry
    ) throws(Refusal) -> ambit_registration {
        let registration = try Structs.read(registration, "registration")
        let uses = HandlerUses()
        let isTemplate = try Structs.read(registration.resource, "resource").is_template != 0
        let offer: any AnyOffer =
            isTemplate
            ? try entry.instance.readTemplate(registration.resource, uses: uses)
            : try entry.instance.readResource(registration.resource, uses: uses)
        return try add(offer, uses, ForeignCallback(registration.resource.pointee.context, registration.destroyed), in: entry)
    }

    static func add(
        prompt registration: UnsafePointer<ambit_prompt_registration>?, in entry: ScopeEntry
    ) throws(Refusal) -> ambit_registration {
        let registration = try Structs.read(registration, "registration")
        let uses = HandlerUses()
        let prompt = try entry.instance.readPrompt(registration.prompt, uses: uses)
        return try add(prompt, uses, ForeignCallback(registration.prompt.pointee.context, registration.destroyed), in: entry)
    }

    private static func add(
        _ offer: any AnyOffer, _ uses: HandlerUses, _ destroyed: ForeignCallback<ContextFunction?>, in entry: ScopeEntry
    ) throws(Refusal) -> ambit_registration {
        let instance = entry.instance
        let own = PluginRegistration(offer, uses, try audience(of: entry, offer), instance.services.catalog, destroyed)
        let handle = try HandleTable.shared.insert(.registration, own, owner: instance.number)
        own.handle.withLock { $0 = handle }
        // Until `destroyed` has returned.
        instance.gate.enter()
        do throws(Refusal) {
            try entry.scope.reserveForPlugin(own)
            if let (wanted, owner) = own.catalog.offer([offer], to: own.whom) {
                own.withdraw()
                throw .invalid("\(Catalog.taken(wanted, owner)); choose another name")
            }
        } catch {
            HandleTable.shared.remove(handle)
            instance.gate.leave()
            throw error
        }
        do throws(AcquireError) {
            try own.commit()
        } catch {
            // `undo` has withdrawn it: as far as the plugin knows, it was never there.
            throw Refusal(error)
        }
        return handle
    }

    /// Who sees what this scope offers.
    private static func audience(of entry: ScopeEntry, _ offer: any AnyOffer) throws(Refusal) -> Catalog.Audience {
        guard entry.sessionKey != 0 else { return .everybody }
        guard entry.instance.services.sessions.hasProtocol(key: entry.sessionKey) else {
            throw Refusal(
                .unsupported,
                "no client would see \(offer.described) in this scope: its session is a handle, which no list belongs to; register in the plugin's scope"
            )
        }
        return .session(entry.sessionKey)
    }

    static func find(_ handle: ambit_registration) throws(Refusal) -> PluginRegistration {
        guard let own = HandleTable.shared.object(handle, .registration, as: PluginRegistration.self) else {
            throw .stale("registration")
        }
        return own
    }

    /// `ambit_host_registry.remove`.
    func remove() {
        leaveCatalog(tellsPlugin: true)
        ended()
    }

    override func quiesce(_ reason: Reason) { leaveCatalog(tellsPlugin: true) }

    override func release(_ reason: Reason) { leaveCatalog(tellsPlugin: true) }

    /// It was refused: the context stays the caller's.
    override func undo(_ reason: Reason) {
        leaveCatalog(tellsPlugin: false)
        ended()
    }

    private func leaveCatalog(tellsPlugin: Bool) {
        catalog.withdraw(offer, from: whom)
        HandleTable.shared.remove(handle.withLock { $0 })
        let instance = offer.plugin
        uses.withdraw { [destroyed] in
            guard tellsPlugin, destroyed.function != nil else { return instance.gate.leave() }
            // Not before a host function that asked for it has returned (A8).
            PluginJob.afterwards(instance) { destroyed.function?(destroyed.context) }
            instance.gate.leave()
        }
    }
}
