/// One block of a tool's result. Bytes are given as they are; the host encodes them.
public struct Content: Sendable {
    enum Kind: Sendable {
        case text(String)
        case image([UInt8], mimeType: String)
        case audio([UInt8], mimeType: String)
        case link(uri: String, name: String, mimeType: String)
        case embeddedText(uri: String, String, mimeType: String)
        case embeddedData(uri: String, [UInt8], mimeType: String)
    }

    let kind: Kind
    /// Hints for clients: a JSON object.
    public var annotations: JSON?
    public var meta: JSON?
    /// Of a prompt's message.
    var role = Int32(AMBIT_ROLE_USER)

    init(_ kind: Kind) { self.kind = kind }

    public static func text(_ text: String) -> Content { Content(.text(text)) }

    public static func image(_ bytes: [UInt8], mimeType: String) -> Content { Content(.image(bytes, mimeType: mimeType)) }

    public static func audio(_ bytes: [UInt8], mimeType: String) -> Content { Content(.audio(bytes, mimeType: mimeType)) }

    /// A resource that the client may fetch.
    public static func link(uri: String, name: String, mimeType: String = "") -> Content {
        Content(.link(uri: uri, name: name, mimeType: mimeType))
    }

    public static func embedded(uri: String, text: String, mimeType: String = "text/plain") -> Content {
        Content(.embeddedText(uri: uri, text, mimeType: mimeType))
    }

    public static func embedded(uri: String, data: [UInt8], mimeType: String = "application/octet-stream") -> Content {
        Content(.embeddedData(uri: uri, data, mimeType: mimeType))
    }
}

extension Content {
    func ambitContent(in arena: TextArena) -> ambit_content {
        var content = ambit_content()
        content.struct_size = UInt32(MemoryLayout<ambit_content>.size)
        switch kind {
        case .text(let text):
            content.kind = Int32(AMBIT_CONTENT_TEXT)
            content.text = arena.text(text)
        case .image(let bytes, let mimeType):
            content.kind = Int32(AMBIT_CONTENT_IMAGE)
            content.data = arena.bytes(bytes)
            content.mime_type = arena.text(mimeType)
        case .audio(let bytes, let mimeType):
            content.kind = Int32(AMBIT_CONTENT_AUDIO)
            content.data = arena.bytes(bytes)
            content.mime_type = arena.text(mimeType)
        case .link(let uri, let name, let mimeType):
            content.kind = Int32(AMBIT_CONTENT_LINK)
            content.uri = arena.text(uri)
            content.text = arena.text(name)
            content.mime_type = arena.text(mimeType)
        case .embeddedText(let uri, let text, let mimeType):
            content.kind = Int32(AMBIT_CONTENT_EMBEDDED_TEXT)
            content.uri = arena.text(uri)
            content.text = arena.text(text)
            content.mime_type = arena.text(mimeType)
        case .embeddedData(let uri, let bytes, let mimeType):
            content.kind = Int32(AMBIT_CONTENT_EMBEDDED_DATA)
            content.uri = arena.text(uri)
            content.data = arena.bytes(bytes)
            content.mime_type = arena.text(mimeType)
        }
        content.role = role
        if let annotations { content.annotations = arena.text(annotations.text) }
        if let meta { content.meta = arena.text(meta.text) }
        return content
    }
}
