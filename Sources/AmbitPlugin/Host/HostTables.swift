/// The function tables of the host that this SDK stands on, found once when an instance is created (A2).
///
/// A table is taken only when it is as large as the one that we were built with and has no empty entry, so that every later call of
/// one of its functions is a call of a function.
struct HostTables: Sendable {
    let scope: ambit_host_scope
    let call: ambit_host_call
    let context: ambit_host_context
    let task: ambit_host_task
    let timer: ambit_host_timer
    let channel: ambit_host_channel
    let bus: ambit_host_bus
    let session: ambit_host_session
    let value: ambit_host_value
    let log: ambit_host_log
    /// These are nil where the host doesn't offer them: what needs one throws `.unsupported` (`offered`), and all else works.
    let process: ambit_host_process?
    let reply: ambit_host_reply?
    let descriptor: ambit_host_descriptor?
    let listener: ambit_host_listener?
    let directory: ambit_host_directory?
    let arena: ambit_host_arena?
    let lease: ambit_host_lease?
    let kind: ambit_host_kind?
    let registry: ambit_host_registry?
    let paths: ambit_host_paths?
    let metrics: ambit_host_metrics?
    let result: ambit_host_result?
    let ask: ambit_host_ask?

    /// The extensions without which an instance is refused.
    static let required = [
        AMBIT_EXT_SCOPE, AMBIT_EXT_CALL, AMBIT_EXT_CONTEXT, AMBIT_EXT_TASK, AMBIT_EXT_TIMER, AMBIT_EXT_CHANNEL, AMBIT_EXT_BUS,
        AMBIT_EXT_SESSION, AMBIT_EXT_VALUE, AMBIT_EXT_LOG,
    ]

    init(_ host: ambit_host) throws(AmbitError) {
        scope = try HostTables.require(host, AMBIT_EXT_SCOPE)
        call = try HostTables.require(host, AMBIT_EXT_CALL)
        context = try HostTables.require(host, AMBIT_EXT_CONTEXT)
        task = try HostTables.require(host, AMBIT_EXT_TASK)
        timer = try HostTables.require(host, AMBIT_EXT_TIMER)
        channel = try HostTables.require(host, AMBIT_EXT_CHANNEL)
        bus = try HostTables.require(host, AMBIT_EXT_BUS)
        session = try HostTables.require(host, AMBIT_EXT_SESSION)
        value = try HostTables.require(host, AMBIT_EXT_VALUE)
        log = try HostTables.require(host, AMBIT_EXT_LOG)
        process = HostTables.find(host, AMBIT_EXT_PROCESS)
        reply = HostTables.find(host, AMBIT_EXT_REPLY)
        descriptor = HostTables.find(host, AMBIT_EXT_DESCRIPTOR)
        listener = HostTables.find(host, AMBIT_EXT_LISTENER)
        directory = HostTables.find(host, AMBIT_EXT_DIRECTORY)
        arena = HostTables.find(host, AMBIT_EXT_ARENA)
        lease = HostTables.find(host, AMBIT_EXT_LEASE)
        kind = HostTables.find(host, AMBIT_EXT_KIND)
        registry = HostTables.find(host, AMBIT_EXT_REGISTRY)
        paths = HostTables.find(host, AMBIT_EXT_PATHS)
        metrics = HostTables.find(host, AMBIT_EXT_METRICS)
        result = HostTables.find(host, AMBIT_EXT_RESULT)
        ask = HostTables.find(host, AMBIT_EXT_ASK)
    }

    /// The table of an extension that a host may lack.
    ///
    /// - Parameter id: one of AMBIT_EXT_….
    func offered<Table>(_ table: KeyPath<HostTables, Table?>, _ id: String) throws(AmbitError) -> Table {
        guard let table = self[keyPath: table] else {
            throw AmbitError(.unsupported, "this host does not offer \(id): run a newer ambit, or do without it")
        }
        return table
    }

    private static func require<Table>(_ host: ambit_host, _ id: String) throws(AmbitError) -> Table {
        guard let table: Table = find(host, id) else {
            throw AmbitError(.unsupported, "the host has no usable extension \(id): it must be as new as the SDK of this plugin")
        }
        return table
    }

    private static func find<Table>(_ host: ambit_host, _ id: String) -> Table? {
        guard let function = host.get_extension, let table = id.withCString({ function(host.handle, $0) }) else { return nil }
        let size = MemoryLayout<Table>.size
        let header = 8  // struct_size and 4 reserved bytes; every entry after them is a function
        guard Int(bitPattern: table) % MemoryLayout<Table>.alignment == 0, table.load(as: UInt32.self) >= size else { return nil }
        for offset in stride(from: header, to: size, by: MemoryLayout<UInt>.size)
        where table.load(fromByteOffset: offset, as: UInt.self) == 0 {
            return nil
        }
        return table.load(as: Table.self)
    }
}
