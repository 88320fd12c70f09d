/// One instance of a plugin as the host holds it, and the memory of its C tables.
final class Instance {
    /// The instance's C memory. Its address is the `ambit_plugin` and its context in one, so it serves every callback that is given either.
    private struct Header {
        var table: ambit_plugin
        var tools: ambit_plugin_tools
        var resources: ambit_plugin_resources
        var prompts: ambit_plugin_prompts
        let instance: Unmanaged<Instance>
    }

    private let plugin: any Plugin
    private let arena = TextArena()
    /// What the entries' contexts point at.
    private let bindings: [AnyObject]
    private let tools: [UnsafePointer<ambit_tool>]
    private let resources: [UnsafePointer<ambit_readable>]
    private let prompts: [UnsafePointer<ambit_prompt>]

    private init(_ plugin: any Plugin, host: Host) {
        self.plugin = plugin
        let arena = self.arena
        let tools = plugin.tools.map { ToolBinding($0, host: host) }
        let resources = plugin.resources.map { ResourceBinding($0, host: host) }
        let prompts = plugin.prompts.map { PromptBinding($0, host: host) }
        self.tools = tools.map { UnsafePointer(arena.copy($0.entry(in: arena))) }
        self.resources = resources.map { UnsafePointer(arena.copy($0.entry(in: arena))) }
        self.prompts = prompts.map { UnsafePointer(arena.copy($0.entry(in: arena))) }
        bindings = tools + resources + prompts
    }

    static func create(
        _ make: Descriptors.Make, _ host: ambit_host, _ configuration: String
    ) throws -> UnsafePointer<ambit_plugin> {
        let runtime = try HostRuntime(host, configuration: configuration)
        let host = Host(runtime)
        let instance = Instance(try make(host), host: host)
        let header = UnsafeMutablePointer<Header>.allocate(capacity: 1)
        header.initialize(
            to: Header(
                table: table(context: header), tools: tools, resources: resources, prompts: prompts, instance: .passRetained(instance)))
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
                guard let context, let id else { return nil }
                let table: PartialKeyPath<Header>
                switch String(cString: id) {
                case AMBIT_EXT_TOOLS: table = \.tools
                case AMBIT_EXT_RESOURCES: table = \.resources
                case AMBIT_EXT_PROMPTS: table = \.prompts
                default: return nil
                }
                return MemoryLayout<Header>.offset(of: table).map { UnsafeRawPointer(context + $0) }
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
        struct_size: UInt32(MemoryLayout<ambit_plugin_tools>.size), reserved: 0,
        count: { Instance.count($0, \.tools) }, get: { Instance.entry($0, $1, \.tools) })

    private static let resources = ambit_plugin_resources(
        struct_size: UInt32(MemoryLayout<ambit_plugin_resources>.size), reserved: 0,
        count: { Instance.count($0, \.resources) }, get: { Instance.entry($0, $1, \.resources) })

    private static let prompts = ambit_plugin_prompts(
        struct_size: UInt32(MemoryLayout<ambit_plugin_prompts>.size), reserved: 0,
        count: { Instance.count($0, \.prompts) }, get: { Instance.entry($0, $1, \.prompts) })

    private static func count<Entry>(_ context: UnsafeMutableRawPointer?, _ list: KeyPath<Instance, [UnsafePointer<Entry>]>) -> UInt64 {
        context.map { UInt64(instance($0)[keyPath: list].count) } ?? 0
    }

    private static func entry<Entry>(
        _ context: UnsafeMutableRawPointer?, _ index: UInt64, _ list: KeyPath<Instance, [UnsafePointer<Entry>]>
    ) -> UnsafePointer<Entry>? {
        guard let context, let index = Int(exactly: index) else { return nil }
        let entries = instance(context)[keyPath: list]
        return entries.indices.contains(index) ? entries[index] : nil
    }
}
