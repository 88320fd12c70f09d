internal import CAmbit
internal import JSON
internal import MCP

/// What a content block is, beside its text and data.
struct ContentHead: Sendable {
    let kind: Int
    let mimeType: String?
    let uri: String
    let annotations: JSONValue?
    let meta: JSONValue?
    let role: Role

    init(_ item: ambit_content) throws(Refusal) {
        kind = Int(item.kind)
        switch kind {
        case AMBIT_CONTENT_TEXT, AMBIT_CONTENT_IMAGE, AMBIT_CONTENT_AUDIO: uri = ""
        case AMBIT_CONTENT_LINK, AMBIT_CONTENT_EMBEDDED_TEXT, AMBIT_CONTENT_EMBEDDED_DATA:
            uri = try item.uri.string("content.uri")
            guard !uri.isEmpty else { throw .invalid("content.uri is empty") }
        default: throw .invalid("content.kind is \(item.kind), which this host does not know")
        }
        mimeType = try item.mime_type.optionalString("content.mime_type")
        annotations = try RawJSON.optionalObject(item.annotations, "content.annotations")
        meta = try RawJSON.optionalObject(item.meta, "content.meta")
        switch Int(item.role) {
        case AMBIT_ROLE_USER: role = .user
        case AMBIT_ROLE_ASSISTANT: role = .assistant
        default: throw .invalid("content.role is \(item.role), which this host does not know")
        }
    }

    /// Whether it has text, and whether it has data: no kind has both.
    var hasText: Bool { [AMBIT_CONTENT_TEXT, AMBIT_CONTENT_LINK, AMBIT_CONTENT_EMBEDDED_TEXT].contains(kind) }
    var hasData: Bool { !hasText }

    /// Notes who says the block at an index: nothing as long as it is always the user.
    func note(_ index: Int, in roles: inout [Role]) {
        guard role != .user else { return }
        while roles.count < index { roles.append(.user) }
        roles.append(role)
    }

    /// The block with what it holds.
    func content(text: String, data: [UInt8]) -> Content {
        let block: Content
        switch kind {
        case AMBIT_CONTENT_IMAGE: block = .image(data: data, mimeType: mimeType ?? "")
        case AMBIT_CONTENT_AUDIO: block = .audio(data: data, mimeType: mimeType ?? "")
        case AMBIT_CONTENT_LINK: block = .resourceLink(ResourceLink(uri: uri, name: text, mimeType: mimeType))
        case AMBIT_CONTENT_EMBEDDED_TEXT:
            block = .resource(ResourceContents(uri: uri, mimeType: mimeType, body: .text(text)))
        case AMBIT_CONTENT_EMBEDDED_DATA:
            block = .resource(ResourceContents(uri: uri, mimeType: mimeType, body: .blob(data)))
        default: block = .text(text)
        }
        return annotations == nil && meta == nil ? block : .annotated(block, annotations: annotations, meta: meta)
    }
}
