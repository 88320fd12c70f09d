internal import CAmbit

extension PluginDescription {
    /// Refused where this host can't run it: ABI, toolchain, name, requirements, in this order (A1, A14).
    func check(_ path: String) throws(PluginError) {
        guard structSize >= 12 else {
            throw PluginError(path: path, what: "its descriptor says a struct_size of \(structSize)", howToMend: "set it to sizeof")
        }
        guard isForThisABI else {
            let isNewer = abiMajor > AMBIT_ABI_MAJOR || (abiMajor == AMBIT_ABI_MAJOR && abiMinor > AMBIT_ABI_MINOR)
            throw PluginError(
                path: path,
                what: "it was built for ABI \(abiMajor).\(abiMinor), this host has ABI \(AMBIT_ABI_MAJOR).\(AMBIT_ABI_MINOR)",
                howToMend: isNewer ? "update the host, or build the plugin for it" : "build the plugin again with this host's headers")
        }
        let expected = MemoryLayout<ambit_plugin_descriptor>.size
        guard structSize >= UInt32(expected) else {
            throw PluginError(
                path: path, what: "its descriptor has \(structSize) bytes, ABI \(abiMajor).\(abiMinor) has \(expected)",
                howToMend: "set struct_size to sizeof")
        }
        if let defect { throw PluginError(path: path, what: defect, howToMend: "mend the descriptor") }
        if toolchain.hasPrefix("swift"), toolchain != HostToolchain.name {
            throw PluginError(
                path: path, what: "it was built with \(toolchain), this host with \(HostToolchain.name)",
                howToMend: "build the plugin with the host's toolchain: Swift's ABI differs between versions")
        }
        guard PluginName.isValid(name) else {
            throw PluginError(path: path, what: "its name '\(name)' is not allowed", howToMend: "a name is \(PluginName.rule)")
        }
        guard hasCreate else {
            throw PluginError(path: path, what: "its descriptor has no create", howToMend: "set descriptor.create")
        }
        for required in requires where !HostExtensions.has(required) {
            throw PluginError(
                path: path, what: "it requires \(required), which this host does not have",
                howToMend: "update the host, or look the extension up at run time and do without it")
        }
    }
}
