package import JSON

/// A resource with its contents: what a client reads, or what a tool answers with.
package struct ResourceContents: Sendable {
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
