import JSON

extension PromptDefinition {
    /// Members that came with a later version are left out.
    func write(to writer: inout JSONWriter, for version: ProtocolVersion) {
        writer.beginObject()
        writer.key("name")
        writer.string(name)
        if version >= .v2025_06_18 { writer.member("title", title) }
        writer.member("description", description)
        if !arguments.isEmpty {
            writer.key("arguments")
            writer.beginArray()
            for argument in arguments { argument.write(to: &writer, for: version) }
            writer.endArray()
        }
        if version >= .v2025_11_25 { writer.member("icons", icons) }
        if version >= .v2025_06_18 { writer.member("_meta", meta) }
        writer.endObject()
    }
}

extension PromptDefinition.Argument {
    fileprivate func write(to writer: inout JSONWriter, for version: ProtocolVersion) {
        writer.beginObject()
        writer.key("name")
        writer.string(name)
        if version >= .v2025_06_18 { writer.member("title", title) }
        writer.member("description", description)
        if isRequired {
            writer.key("required")
            writer.bool(true)
        }
        writer.endObject()
    }
}
