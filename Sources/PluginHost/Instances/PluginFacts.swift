internal import CAmbit
internal import JSON

/// What a descriptor says, checked and copied (A1, A14).
struct PluginFacts: @unchecked Sendable {  // the descriptor is static data of the library (A1); no lock needed
    let descriptor: UnsafePointer<ambit_plugin_descriptor>
    let name: String
    let version: String
    let summary: String
    let toolchain: String
    let permissions: UInt32
    let configSchema: JSONValue?

    init(_ library: PluginLibrary) throws(PluginError) {
        let path = library.path
        descriptor = library.descriptor
        // Versions come first: with another ABI nothing else can be read safely.
        let size = Int(UnsafeRawPointer(descriptor).load(as: UInt32.self))
        guard size >= 12 else {
            throw PluginError(path: path, what: "its descriptor says a struct_size of \(size)", howToMend: "set it to sizeof")
        }
        let (major, minor) = (descriptor.pointee.abi_major, descriptor.pointee.abi_minor)
        guard major == AMBIT_ABI_MAJOR, minor == AMBIT_ABI_MINOR else {
            throw PluginError(
                path: path,
                what: "it was built for ABI \(major).\(minor), this host has ABI \(AMBIT_ABI_MAJOR).\(AMBIT_ABI_MINOR)",
                howToMend: major > AMBIT_ABI_MAJOR || (major == AMBIT_ABI_MAJOR && minor > AMBIT_ABI_MINOR)
                    ? "update the host, or build the plugin for it" : "build the plugin again with this host's headers")
        }
        guard size >= MemoryLayout<ambit_plugin_descriptor>.size else {
            throw PluginError(
                path: path,
                what: "its descriptor has \(size) bytes, ABI \(major).\(minor) has \(MemoryLayout<ambit_plugin_descriptor>.size)",
                howToMend: "set struct_size to sizeof")
        }
        let facts = descriptor.pointee
        do throws(Refusal) {
            toolchain = try facts.toolchain.string("descriptor.toolchain")
            name = try facts.name.string("descriptor.name")
            version = try facts.version.string("descriptor.version")
            summary = try facts.summary.string("descriptor.summary")
            configSchema = try RawJSON.optionalObject(facts.config_schema, "descriptor.config_schema")
        } catch {
            throw PluginError(path: path, what: error.text, howToMend: "mend the descriptor")
        }
        permissions = facts.permissions
        let host = HostToolchain.name
        if toolchain.hasPrefix("swift"), toolchain != host {
            throw PluginError(
                path: path, what: "it was built with \(toolchain), this host with \(host)",
                howToMend: "build the plugin with the host's toolchain: Swift's ABI differs between versions")
        }
        guard Self.isName(name) else {
            throw PluginError(
                path: path, what: "its name '\(name)' is not allowed", howToMend: "a name is [a-z][a-z0-9-]{0,31}")
        }
        guard facts.create != nil else {
            throw PluginError(path: path, what: "its descriptor has no create", howToMend: "set descriptor.create")
        }
        for required in try Self.requirements(facts, path) where !HostExtensions.has(required) {
            throw PluginError(
                path: path, what: "it requires \(required), which this host does not have",
                howToMend: "update the host, or look the extension up at run time and do without it")
        }
    }

    func allows(_ permission: Int) -> Bool { permissions & UInt32(permission) != 0 }

    private static func requirements(
        _ facts: ambit_plugin_descriptor, _ path: String
    ) throws(PluginError) -> [String] {
        guard facts.requires_count > 0 else { return [] }
        guard let ids = facts.requires_ids, facts.requires_count <= 256 else {
            throw PluginError(
                path: path, what: "descriptor.requires_ids is NULL or longer than 256", howToMend: "mend the descriptor")
        }
        var result: [String] = []
        for index in 0..<Int(facts.requires_count) {
            do throws(Refusal) {
                result.append(try ids[index].string("descriptor.requires_ids"))
            } catch {
                throw PluginError(path: path, what: error.text, howToMend: "mend the descriptor")
            }
        }
        return result
    }

    static func isName(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        guard (1...32).contains(bytes.count), (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(bytes[0]) else { return false }
        return bytes.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
            default: false
            }
        }
    }
}
