package import JSON

/// A resource as it is listed.
package struct ResourceDefinition: Sendable {
    package var uri: String
    package var name: String
    package var title: String?
    package var description: String?
    package var mimeType: String?
    /// In bytes, where it is known.
    package var size: Int?
    /// Objects, as the protocol has them.
    package var annotations: JSONValue?
    package var icons: JSONValue?
    package var meta: JSONValue?

    package init(
        uri: String, name: String, title: String? = nil, description: String? = nil, mimeType: String? = nil, size: Int? = nil,
        annotations: JSONValue? = nil, icons: JSONValue? = nil, meta: JSONValue? = nil
    ) {
        self.uri = uri
        self.name = name
        self.title = title
        self.description = description
        self.mimeType = mimeType
        self.size = size
        self.annotations = annotations
        self.icons = icons
        self.meta = meta
    }
}
