/// A tool, resource or prompt that a scope offers for as long as it is open.
public struct Registration: Sendable {
    let handle: ambit_registration
    let table: ambit_host_registry

    /// Withdraws it before its scope closes. Calls under way go on.
    public func remove() { _ = table.remove(handle) }
}

extension Scope {
    /// Offers a tool from now on, until the scope closes (A13): in the plugin's scope to everybody, in the scope of a protocol session to that
    /// session only. What a plugin always has needs none of this: `Plugin.tools`, `resources`, `prompts`.
    ///
    /// Throws `.invalidArgument` where its declaration is wrong or its name is taken, `.unsupported` in a scope that no client could see.
    @discardableResult
    public func register(_ tool: Tool) throws(AmbitError) -> Registration {
        let binding = ToolBinding(tool, host: Host(runtime))
        return try register(binding) { table, arena, out, error in
            var options = ambit_tool_registration()
            options.struct_size = UInt32(MemoryLayout<ambit_tool_registration>.size)
            options.tool = UnsafePointer(arena.copy(binding.entry(in: arena)))
            options.destroyed = { Scope.release($0) }
            return table.add_tool(handle, &options, out, error)
        }
    }

    /// Offers a resource in the same way.
    @discardableResult
    public func register(_ resource: Resource) throws(AmbitError) -> Registration {
        let binding = ResourceBinding(resource, host: Host(runtime))
        return try register(binding) { table, arena, out, error in
            var options = ambit_resource_registration()
            options.struct_size = UInt32(MemoryLayout<ambit_resource_registration>.size)
            options.resource = UnsafePointer(arena.copy(binding.entry(in: arena)))
            options.destroyed = { Scope.release($0) }
            return table.add_resource(handle, &options, out, error)
        }
    }

    /// Offers a template in the same way.
    @discardableResult
    public func register(_ template: ResourceTemplate) throws(AmbitError) -> Registration { try register(template.resource) }

    /// Offers a prompt in the same way.
    @discardableResult
    public func register(_ prompt: Prompt) throws(AmbitError) -> Registration {
        let binding = PromptBinding(prompt, host: Host(runtime))
        return try register(binding) { table, arena, out, error in
            var options = ambit_prompt_registration()
            options.struct_size = UInt32(MemoryLayout<ambit_prompt_registration>.size)
            options.prompt = UnsafePointer(arena.copy(binding.entry(in: arena)))
            options.destroyed = { Scope.release($0) }
            return table.add_prompt(handle, &options, out, error)
        }
    }

    /// What reading a URI gives has changed: clients that subscribe to it are told; in the plugin's scope all of them, in a session's that one.
    /// Several changes at once are told once.
    ///
    /// Throws `.notFound` where this plugin offers no resource or template there that has the URI.
    public func resourceUpdated(_ uri: String) throws(AmbitError) {
        let table = try runtime.tables.offered(\.registry, AMBIT_EXT_REGISTRY)
        try AmbitError.check { error in uri.withAmbitText { table.resource_updated(handle, $0, error) } }
    }

    /// The host keeps the binding until `destroyed`.
    private func register(
        _ binding: AnyObject,
        _ add: (
            ambit_host_registry, TextArena, UnsafeMutablePointer<ambit_registration>, UnsafeMutablePointer<ambit_error>
        ) -> ambit_status
    ) throws(AmbitError) -> Registration {
        let table = try runtime.tables.offered(\.registry, AMBIT_EXT_REGISTRY)
        let context = Unmanaged.passRetained(binding)
        let arena = TextArena()
        var added: ambit_registration = 0
        do throws(AmbitError) {
            try AmbitError.check { add(table, arena, &added, $0) }
        } catch {
            context.release()
            throw error
        }
        withExtendedLifetime(arena) {}
        return Registration(handle: added, table: table)
    }

    private static func release(_ context: UnsafeMutableRawPointer?) {
        guard let context else { return }
        Unmanaged<AnyObject>.fromOpaque(context).release()
    }
}
