import JSON

extension ResourceContents {
    /// As `TextResourceContents` or `BlobResourceContents`.
    func write(to writer: inout JSONWriter, for version: ProtocolVersion) {
        writer.beginObject()
        writer.key("uri")
        writer.string(uri)
        writer.member("mimeType", mimeType)
        switch body {
        case .text(let text): writer.member("text", text)
        case .blob(let bytes):
            writer.key("blob")
            writer.base64(bytes)
        }
        if version >= .v2025_06_18 { writer.member("_meta", meta) }
        writer.endObject()
    }
}
