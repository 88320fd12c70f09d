/// A tool that a scope offers for as long as it is open.
public struct Registration: Sendable {
    let handle: ambit_registration
    let table: ambit_host_registry

    /// Withdraws it before its scope closes. Calls under way go on.
    public func remove() { _ = table.remove(handle) }
}

extension Scope {
    /// Offers a tool from now on, until the scope closes (A13): in the plugin's scope to everybody, in the scope of a protocol session to that
    /// session only. The tools that a plugin always has need none of this: `Plugin.tools`.
    ///
    /// Throws `.invalidArgument` where its declaration is wrong or its name is taken, `.unsupported` in a scope that no client could see.
    @discardableResult
    public func register(_ tool: Tool) throws(AmbitError) -> Registration {
        let table = try runtime.tables.offered(\.registry, AMBIT_EXT_REGISTRY)
        let binding = ToolBinding(tool, host: Host(runtime))
        let context = Unmanaged.passRetained(binding)
        let arena = TextArena()
        var added: ambit_registration = 0
        do throws(AmbitError) {
            var options = ambit_tool_registration()
            options.struct_size = UInt32(MemoryLayout<ambit_tool_registration>.size)
            options.tool = UnsafePointer(arena.copy(binding.entry(in: arena)))
            options.destroyed = { context in
                guard let context else { return }
                Unmanaged<ToolBinding>.fromOpaque(context).release()
            }
            try AmbitError.check { table.add_tool(handle, &options, &added, $0) }
        } catch {
            context.release()
            throw error
        }
        withExtendedLifetime(arena) {}
        return Registration(handle: added, table: table)
    }
}
