internal import CAmbit

/// The host's side of `get_extension` (A2): constant tables that outlive every plugin.
enum HostExtensions {
    /// Made once and never freed.
    private struct Table: @unchecked Sendable {  // constant after it was made
        let pointer: UnsafeRawPointer
    }

    private static func make<T: BitwiseCopyable>(_ table: T) -> Table {
        let pointer = UnsafeMutablePointer<T>.allocate(capacity: 1)
        pointer.initialize(to: table)
        // Every table begins with its size.
        UnsafeMutableRawPointer(pointer).storeBytes(of: UInt32(MemoryLayout<T>.size), as: UInt32.self)
        return Table(pointer: UnsafeRawPointer(pointer))
    }

    private static let tables: [String: Table] = [
        AMBIT_EXT_SCOPE: make(ScopeExtension.table),
        AMBIT_EXT_TASK: make(TaskExtension.table),
        AMBIT_EXT_CALL: make(CallExtension.table),
        AMBIT_EXT_CONTEXT: make(ContextExtension.table),
        AMBIT_EXT_ASK: make(AskExtension.table),
        AMBIT_EXT_PATHS: make(PathsExtension.table),
        AMBIT_EXT_REGISTRY: make(RegistryExtension.table),
        AMBIT_EXT_RESULT: make(ResultExtension.table),
        AMBIT_EXT_METRICS: make(MetricsExtension.table),
        AMBIT_EXT_REPLY: make(ReplyExtension.table),
        AMBIT_EXT_ARENA: make(ArenaExtension.table),
        AMBIT_EXT_DIRECTORY: make(DirectoryExtension.table),
        AMBIT_EXT_KIND: make(KindExtension.table),
        AMBIT_EXT_LEASE: make(LeaseExtension.table),
        AMBIT_EXT_DESCRIPTOR: make(DescriptorExtension.table),
        AMBIT_EXT_LISTENER: make(ListenerExtension.table),
        AMBIT_EXT_SESSION: make(SessionExtension.table),
        AMBIT_EXT_VALUE: make(ValueExtension.table),
        AMBIT_EXT_CHANNEL: make(ChannelExtension.table),
        AMBIT_EXT_BUS: make(BusExtension.table),
        AMBIT_EXT_TIMER: make(TimerExtension.table),
        AMBIT_EXT_PROCESS: make(ProcessExtension.table),
        AMBIT_EXT_LOG: make(LogExtension.table),
    ]

    static func table(_ id: String) -> UnsafeRawPointer? { tables[id]?.pointer }

    static func has(_ id: String) -> Bool { tables[id] != nil }

    /// In alphabetic order.
    static var ids: [String] { tables.keys.sorted() }

    /// The instance that a host handle names.
    static func instance(_ host: ambit_host_handle) throws(Refusal) -> PluginInstance {
        guard let instance = HandleTable.shared.object(host, .host, as: PluginInstance.self) else { throw .stale("host") }
        return instance
    }
}
