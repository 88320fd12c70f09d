internal import CAmbit
internal import JSON

/// What a descriptor says, copied; read in a process of its own where that is wanted, and in this one before `create` (A1).
struct PluginDescription: Sendable {
    var structSize: UInt32
    var abiMajor: UInt32
    var abiMinor: UInt32
    var name = ""
    var version = ""
    var summary = ""
    var toolchain = ""
    var permissions: UInt32 = 0
    var requires: [String] = []
    var configSchema: JSONValue?
    var hasCreate = false
    /// Why the rest could not be read.
    var defect: String?

    init(structSize: UInt32, abiMajor: UInt32, abiMinor: UInt32) {
        self.structSize = structSize
        self.abiMajor = abiMajor
        self.abiMinor = abiMinor
    }

    init(_ descriptor: UnsafePointer<ambit_plugin_descriptor>) {
        // Versions come first: with another ABI nothing else can be read safely.
        let size = UnsafeRawPointer(descriptor).load(as: UInt32.self)
        let versions = size >= 12
        self.init(
            structSize: size, abiMajor: versions ? descriptor.pointee.abi_major : 0, abiMinor: versions ? descriptor.pointee.abi_minor : 0)
        guard versions, isForThisABI, size >= UInt32(MemoryLayout<ambit_plugin_descriptor>.size) else { return }
        let facts = descriptor.pointee
        permissions = facts.permissions
        hasCreate = facts.create != nil
        do throws(Refusal) {
            toolchain = try facts.toolchain.string("descriptor.toolchain")
            name = try facts.name.string("descriptor.name")
            version = try facts.version.string("descriptor.version")
            summary = try facts.summary.string("descriptor.summary")
            configSchema = try RawJSON.optionalObject(facts.config_schema, "descriptor.config_schema")
            guard facts.requires_count > 0 else { return }
            guard let ids = facts.requires_ids, facts.requires_count <= 256 else {
                throw .invalid("descriptor.requires_ids is NULL or longer than 256")
            }
            for index in 0..<Int(facts.requires_count) { requires.append(try ids[index].string("descriptor.requires_ids")) }
        } catch {
            defect = error.text
        }
    }

    var isForThisABI: Bool { abiMajor == AMBIT_ABI_MAJOR && abiMinor == AMBIT_ABI_MINOR }

    func allows(_ permission: Int) -> Bool { permissions & UInt32(permission) != 0 }

    /// Names of the permissions, in the order of their bits.
    var permissionNames: [String] {
        let names: [(Int, String)] = [
            (Int(AMBIT_PERMISSION_PROCESS), "process"), (Int(AMBIT_PERMISSION_NETWORK), "network"), (Int(AMBIT_PERMISSION_FILES), "files"),
            (Int(AMBIT_PERMISSION_FOREIGN_TOPICS), "foreign-topics"),
        ]
        return names.filter { allows($0.0) }.map(\.1)
    }
}
