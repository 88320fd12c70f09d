/// One instance of a plugin as the host holds it, and the memory of its C tables.
final class Instance {
    /// The instance's C memory. Its address is the `ambit_plugin` and its context in one, so it serves every callback that is given either.
    private struct Header {
        var table: ambit_plugin
        var tools: ambit_plugin_tools
        let instance: Unmanaged<Instance>
    }

    private let plugin: any Plugin
    private let arena = TextArena()
    /// What the entries' contexts point at.
    private let bindings: [ToolBinding]
    private let entries: [UnsafePointer<ambit_tool>]

    private init(_ plugin: any Plugin, host: Host) {
        self.plugin = plugin
        let arena = self.arena
        bindings = plugin.tools.map { ToolBinding($0, host: host) }
        entries = bindings.map { UnsafePointer(arena.copy($0.entry(in: arena))) }
    }

    static func create(
        _ make: Descriptors.Make, _ host: ambit_host, _ configuration: String
    ) throws -> UnsafePointer<ambit_plugin> {
        let runtime = try HostRuntime(host, configuration: configuration)
        let host = Host(runtime)
        let instance = Instance(try make(host), host: host)
        let header = UnsafeMutablePointer<Header>.allocate(capacity: 1)
        header.initialize(to: Header(table: table(context: header), tools: tools, instance: .passRetained(instance)))
        return UnsafeRawPointer(header).assumingMemoryBound(to: ambit_plugin.self)
    }

    private static func header(_ context: UnsafeMutableRawPointer) -> UnsafeMutablePointer<Header> {
        context.assumingMemoryBound(to: Header.self)
    }

    private static func instance(_ context: UnsafeMutableRawPointer) -> Instance {
        header(context).pointee.instance.takeUnretainedValue()
    }

    private static func table(context: UnsafeMutableRawPointer) -> ambit_plugin {
        ambit_plugin(
            struct_size: UInt32(MemoryLayout<ambit_plugin>.size),
            reserved: 0,
            context: context,
            get_extension: { context, id in
                guard let context, let id, String(cString: id) == AMBIT_EXT_TOOLS else { return nil }
                let offset = MemoryLayout<Header>.offset(of: \Header.tools) ?? 0
                return UnsafeRawPointer(context + offset)
            },
            activate: { context, failure in
                guard let context else { return Status.invalidArgument.rawValue }
                do {
                    try Instance.instance(context).plugin.activate()
                    return Status.ok.rawValue
                } catch {
                    return report(error, to: failure)
                }
            },
            quiesce: { context in
                guard let context else { return }
                Instance.instance(context).plugin.quiesce()
            },
            destroy: { context in
                guard let context else { return }
                let header = Instance.header(context)
                let instance = header.pointee.instance
                header.deinitialize(count: 1)
                header.deallocate()
                instance.release()
            })
    }

    private static let tools = ambit_plugin_tools(
        struct_size: UInt32(MemoryLayout<ambit_plugin_tools>.size),
        reserved: 0,
        count: { context in
            guard let context else { return 0 }
            return UInt64(Instance.instance(context).entries.count)
        },
        get: { context, index in
            guard let context, let index = Int(exactly: index) else { return nil }
            let entries = Instance.instance(context).entries
            return entries.indices.contains(index) ? entries[index] : nil
        })
}
