package import JSON

/// A resource with its contents, inside a tool's answer.
package struct EmbeddedResource: Sendable {
    package enum Body: Sendable {
        case text(String)
        case blob([UInt8])
    }

    package var uri: String
    package var mimeType: String?
    package var body: Body
    package var meta: JSONValue?

    package init(uri: String, mimeType: String? = nil, body: Body, meta: JSONValue? = nil) {
        self.uri = uri
        self.mimeType = mimeType
        self.body = body
        self.meta = meta
    }
}
