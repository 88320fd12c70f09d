import JSON

extension ResourceDefinition {
    /// Members that came with a later version are left out.
    func write(to writer: inout JSONWriter, for version: ProtocolVersion) {
        writer.beginObject()
        writer.key("uri")
        writer.string(uri)
        writer.key("name")
        writer.string(name)
        if version >= .v2025_06_18 { writer.member("title", title) }
        writer.member("description", description)
        writer.member("mimeType", mimeType)
        if let size {
            writer.key("size")
            writer.int(size)
        }
        writer.annotations(annotations, for: version)
        if version >= .v2025_11_25 { writer.member("icons", icons) }
        if version >= .v2025_06_18 { writer.member("_meta", meta) }
        writer.endObject()
    }
}
