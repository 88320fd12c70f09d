import JSON

extension Content {
    /// Writes the block as a client of this version can read it: kinds that it doesn't know become text.
    func write(
        to writer: inout JSONWriter, for version: ProtocolVersion, annotations: JSONValue? = nil, meta: JSONValue? = nil
    ) {
        if case .annotated(let inner, let outer, let outerMeta) = self {
            // The outermost annotation wins.
            return inner.write(
                to: &writer, for: version, annotations: annotations ?? outer, meta: meta ?? outerMeta)
        }
        switch self {
        case .text(let text): Self.write(text: text, to: &writer)
        case .image(let data, let mimeType):
            Self.begin("image", &writer)
            Self.write(data: data, mimeType: mimeType, to: &writer)
        case .audio(let data, let mimeType) where version >= .v2025_03_26:
            Self.begin("audio", &writer)
            Self.write(data: data, mimeType: mimeType, to: &writer)
        case .audio(let data, let mimeType):
            Self.write(text: "[audio, \(mimeType), \(data.count) bytes]", to: &writer)
        case .resourceLink(let link) where version >= .v2025_06_18:
            Self.begin("resource_link", &writer)
            link.write(to: &writer, for: version)
        case .resourceLink(let link): Self.write(text: "\(link.title ?? link.name): \(link.uri)", to: &writer)
        case .resource(let resource):
            Self.begin("resource", &writer)
            writer.key("resource")
            resource.write(to: &writer, for: version)
        case .annotated: break
        }
        writer.annotations(annotations, for: version)
        if version >= .v2025_06_18 { writer.member("_meta", meta) }
        writer.endObject()
    }

    private static func begin(_ type: StaticString, _ writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("type")
        writer.string(type)
    }

    private static func write(text: String, to writer: inout JSONWriter) {
        writer.fragment("{\"type\":\"text\",\"text\":")
        writer.string(text)
    }

    private static func write(data: [UInt8], mimeType: String, to writer: inout JSONWriter) {
        writer.key("data")
        writer.base64(data)
        writer.key("mimeType")
        writer.string(mimeType)
    }
}

extension ResourceLink {
    fileprivate func write(to writer: inout JSONWriter, for version: ProtocolVersion) {
        writer.key("uri")
        writer.string(uri)
        writer.key("name")
        writer.string(name)
        writer.member("title", title)
        writer.member("description", description)
        writer.member("mimeType", mimeType)
        if let size {
            writer.key("size")
            writer.int(size)
        }
        if version >= .v2025_11_25 { writer.member("icons", icons) }
    }
}
