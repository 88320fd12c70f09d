/// The descriptors of this library's plugins, one per type, built once.
final class Descriptors: Sendable {
    static let shared = Descriptors()

    typealias Make = @Sendable (Host) throws -> any Plugin

    /// What a descriptor's `context` points at: a C function pointer can't capture the generic parameter.
    private final class Kind: Sendable {
        let make: Make
        init(_ make: @escaping Make) { self.make = make }
    }

    private struct Address: @unchecked Sendable {  // needs no lock: written once, before it is shared
        let pointer: UnsafePointer<ambit_plugin_descriptor>
    }

    private let built = Lock<[ObjectIdentifier: Address]>([:])

    func descriptor(
        of type: ObjectIdentifier, _ describe: () -> (About, Make)
    ) -> UnsafePointer<ambit_plugin_descriptor> {
        if let known = built.withLock({ $0[type] }) { return known.pointer }
        // `about` is the author's code, so it runs outside the lock; of two at once the first wins.
        let (about, make) = describe()
        let fresh = Address(pointer: Descriptors.build(about, make))
        return built.withLock { built in
            if let known = built[type] { return known }
            built[type] = fresh
            return fresh
        }.pointer
    }

    /// Leaks what it makes: static data (A1).
    static func build(_ about: About, _ make: @escaping Make) -> UnsafePointer<ambit_plugin_descriptor> {
        let arena = TextArena()
        let required = HostTables.required.map { arena.text($0) }
        let descriptor = ambit_plugin_descriptor(
            struct_size: UInt32(MemoryLayout<ambit_plugin_descriptor>.size),
            abi_major: AMBIT_ABI_MAJOR,
            abi_minor: AMBIT_ABI_MINOR,
            permissions: about.permissions.rawValue,
            toolchain: arena.text(toolchain),
            name: arena.text(about.name),
            version: arena.text(about.version),
            summary: arena.text(about.summary),
            requires_ids: arena.array(required),
            requires_count: UInt64(required.count),
            config_schema: arena.text(about.configuration?.text ?? ""),
            context: Unmanaged.passRetained(Kind(make)).toOpaque(),
            create: { descriptor, host, configuration, out, failure in
                guard let context = descriptor?.pointee.context, let host, let out,
                    host.pointee.struct_size >= UInt32(MemoryLayout<ambit_host>.size)
                else { return Status.invalidArgument.rawValue }
                let kind = Unmanaged<Kind>.fromOpaque(context).takeUnretainedValue()
                do {
                    out.pointee = try Instance.create(kind.make, host.pointee, String(configuration))
                    return Status.ok.rawValue
                } catch {
                    return report(error, to: failure)
                }
            })
        _ = Unmanaged.passRetained(arena)
        return UnsafePointer(arena.copy(descriptor))
    }

    /// "swift 6.3.1": of the compiler that compiled the SDK into this library (A14).
    static var toolchain: String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(AMBIT_TOOLCHAIN_CAPACITY)) { buffer in
            let size = Int(clamping: ambit_swift_toolchain(buffer.baseAddress))
            return String(decoding: UnsafeRawBufferPointer(buffer).prefix(size), as: UTF8.self)
        }
    }
}
