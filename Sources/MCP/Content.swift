package import JSON

/// A block of an answer.
package indirect enum Content: Sendable {
    case text(String)
    case image(data: [UInt8], mimeType: String)
    case audio(data: [UInt8], mimeType: String)
    case resourceLink(ResourceLink)
    case resource(ResourceContents)
    /// Another block with annotations or `_meta`, both objects.
    case annotated(Content, annotations: JSONValue?, meta: JSONValue?)

    /// Of a text block, annotated or not.
    package var text: String? {
        switch self {
        case .text(let text): text
        case .annotated(let inner, _, _): inner.text
        default: nil
        }
    }

    /// Of an embedded resource, annotated or not; the block's `_meta` is that of the contents where they have none.
    package var resource: ResourceContents? {
        switch self {
        case .resource(let resource): return resource
        case .annotated(let inner, _, let meta):
            guard var resource = inner.resource else { return nil }
            resource.meta = resource.meta ?? meta
            return resource
        default: return nil
        }
    }
}
