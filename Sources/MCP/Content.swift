package import JSON

/// A block of a tool's answer.
package indirect enum Content: Sendable {
    case text(String)
    case image(data: [UInt8], mimeType: String)
    case audio(data: [UInt8], mimeType: String)
    case resourceLink(ResourceLink)
    case resource(ResourceContents)
    /// Another block with annotations or `_meta`, both objects.
    case annotated(Content, annotations: JSONValue?, meta: JSONValue?)
}
