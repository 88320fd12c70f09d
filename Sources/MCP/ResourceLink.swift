package import JSON

/// A resource that the client may read, named in a tool's answer (from 2025-06-18).
package struct ResourceLink: Sendable {
    package var uri: String
    package var name: String
    package var title: String?
    package var description: String?
    package var mimeType: String?
    /// In bytes.
    package var size: Int?
    package var icons: JSONValue?

    package init(
        uri: String, name: String, title: String? = nil, description: String? = nil, mimeType: String? = nil,
        size: Int? = nil, icons: JSONValue? = nil
    ) {
        self.uri = uri
        self.name = name
        self.title = title
        self.description = description
        self.mimeType = mimeType
        self.size = size
        self.icons = icons
    }
}
