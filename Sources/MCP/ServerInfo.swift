import JSON

/// Who this server says it is (`Implementation`). For display and logs only; nobody may decide by it.
package struct ServerInfo: Sendable, Equatable {
    package var name: String
    package var version: String
    package var title: String?
    package var description: String?
    package var websiteURL: String?

    package init(
        name: String, version: String, title: String? = nil, description: String? = nil, websiteURL: String? = nil
    ) {
        self.name = name
        self.version = version
        self.title = title
        self.description = description
        self.websiteURL = websiteURL
    }

    func write(to writer: inout JSONWriter, for version: ProtocolVersion) {
        writer.beginObject()
        writer.key("name")
        writer.string(name)
        writer.key("version")
        writer.string(self.version)
        if version >= .v2025_06_18 { writer.member("title", title) }
        if version >= .v2025_11_25 {
            writer.member("description", description)
            writer.member("websiteUrl", websiteURL)
        }
        writer.endObject()
    }
}
