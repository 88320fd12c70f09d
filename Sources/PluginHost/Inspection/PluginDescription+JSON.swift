internal import JSON

extension PluginDescription {
    /// As the inspecting process writes it.
    var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        write(to: &writer)
        writer.endObject()
        return writer.bytes
    }

    /// The members, into an object that is open.
    func write(to writer: inout JSONWriter) {
        writer.key("structSize")
        writer.uint(UInt64(structSize))
        writer.key("abi")
        writer.beginArray()
        writer.uint(UInt64(abiMajor))
        writer.uint(UInt64(abiMinor))
        writer.endArray()
        for (key, text) in [("name", name), ("version", version), ("summary", summary), ("toolchain", toolchain)] {
            writer.key(escaping: key)
            writer.string(text)
        }
        writer.key("permissions")
        writer.uint(UInt64(permissions))
        writer.key("requires")
        writer.beginArray()
        for id in requires { writer.string(id) }
        writer.endArray()
        writer.key("create")
        writer.bool(hasCreate)
        if let configSchema {
            writer.key("configSchema")
            writer.raw(configSchema)
        }
        if let defect {
            writer.key("defect")
            writer.string(defect)
        }
    }

    /// Nil for anything that `json` does not write.
    init?(_ value: JSONValue) {
        func number(_ value: JSONValue?) -> UInt32? { (value?.int64).flatMap { UInt32(exactly: $0) } }
        guard let size = number(value["structSize"]), let abi = value["abi"], let major = number(abi[0]), let minor = number(abi[1]),
            let name = value["name"]?.string, let version = value["version"]?.string, let summary = value["summary"]?.string,
            let toolchain = value["toolchain"]?.string, let permissions = number(value["permissions"]), let requires = value["requires"],
            let create = value["create"]?.bool
        else { return nil }
        self.init(structSize: size, abiMajor: major, abiMinor: minor)
        self.name = name
        self.version = version
        self.summary = summary
        self.toolchain = toolchain
        self.permissions = permissions
        self.requires = requires.elements.compactMap(\.string)
        hasCreate = create
        configSchema = value["configSchema"]
        defect = value["defect"]?.string
    }
}
