internal import CAmbit
internal import MCP
internal import Scopes

/// A tool that a plugin offers while it runs (A13): to everybody, or to the session that its scope belongs to.
///
/// It ends when it is withdrawn; `destroyed` follows when its last call has ended, which may be later.
final class PluginToolRegistration: Resource, @unchecked Sendable {  // `life` guards the handle; the rest is constant
    private let tool: Tool
    private let uses: ToolUses
    private let whom: Catalog.Change
    private let catalog: Catalog
    private let destroyed: ForeignCallback<ContextFunction?>
    private let handle = Lock<ambit_handle>(0)

    private init(
        _ tool: Tool, _ uses: ToolUses, _ whom: Catalog.Change, _ catalog: Catalog, _ destroyed: ForeignCallback<ContextFunction?>
    ) {
        self.tool = tool
        self.uses = uses
        self.whom = whom
        self.catalog = catalog
        self.destroyed = destroyed
        super.init(.registration, label: "tool \(tool.definition.name)")
    }

    static func add(
        _ registration: UnsafePointer<ambit_tool_registration>?, in entry: ScopeEntry
    ) throws(Refusal) -> ambit_registration {
        let registration = try Structs.read(registration, "registration")
        let instance = entry.instance
        let uses = ToolUses()
        let tool = try instance.readTool(registration.tool, uses: uses)
        let problems = tool.definition.problems() + tool.definition.schemaProblems()
        guard problems.isEmpty else {
            throw .invalid("the tool '\(tool.definition.name)' is wrong: \(problems.joined(separator: "; "))")
        }
        let own = PluginToolRegistration(
            tool, uses, try audience(of: entry), instance.services.catalog,
            ForeignCallback(registration.tool.pointee.context, registration.destroyed))
        let handle = try HandleTable.shared.insert(.registration, own, owner: instance.number)
        own.handle.withLock { $0 = handle }
        // Until `destroyed` has returned.
        instance.gate.enter()
        do throws(Refusal) {
            try entry.scope.reserveForPlugin(own)
            if let taken = own.catalog.offer([tool], to: own.whom) {
                own.withdraw()
                throw .invalid("\(Catalog.taken(taken, instance)); choose another name")
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

    /// Who sees a tool of this scope.
    private static func audience(of entry: ScopeEntry) throws(Refusal) -> Catalog.Change {
        guard entry.sessionKey != 0 else { return .everybody }
        guard entry.instance.services.sessions.hasProtocol(key: entry.sessionKey) else {
            throw Refusal(
                .unsupported,
                "no client sees the tools of this scope: its session is a handle, which no list of tools belongs to; register in the plugin's scope"
            )
        }
        return .session(entry.sessionKey)
    }

    static func find(_ handle: ambit_registration) throws(Refusal) -> PluginToolRegistration {
        guard let own = HandleTable.shared.object(handle, .registration, as: PluginToolRegistration.self) else {
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
        catalog.withdraw(tool, from: whom)
        HandleTable.shared.remove(handle.withLock { $0 })
        let instance = tool.plugin
        uses.withdraw { [destroyed] in
            guard tellsPlugin, destroyed.function != nil else { return instance.gate.leave() }
            // Not before a host function that asked for it has returned (A8).
            PluginJob.afterwards(instance) { destroyed.function?(destroyed.context) }
            instance.gate.leave()
        }
    }
}
