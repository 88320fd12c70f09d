package import JSON

/// A template of resources as it is listed.
package struct ResourceTemplateDefinition: Sendable {
    package let template: URITemplate
    package let name: String
    package let title: String?
    package let description: String?
    package let mimeType: String?
    /// Objects, as the protocol has them; `icons` is an array.
    package let annotations: JSONValue?
    package let icons: JSONValue?
    package let meta: JSONValue?

    package init(
        template: URITemplate, name: String, title: String? = nil, description: String? = nil, mimeType: String? = nil,
        annotations: JSONValue? = nil, icons: JSONValue? = nil, meta: JSONValue? = nil
    ) {
        self.template = template
        self.name = name
        self.title = title
        self.description = description
        self.mimeType = mimeType
        self.annotations = annotations
        self.icons = icons
        self.meta = meta
    }

    /// What keeps it from being offered, one sentence each; empty when it is fine.
    package func problems() -> [String] {
        ResourceDefinition.problems(uri: template.example, name: name, icons: icons)
    }

    /// Members that came with a later version are left out.
    func write(to writer: inout JSONWriter, for version: ProtocolVersion) {
        writer.beginObject()
        writer.key("uriTemplate")
        writer.string(template.text)
        writer.key("name")
        writer.string(name)
        if version >= .v2025_06_18 { writer.member("title", title) }
        writer.member("description", description)
        writer.member("mimeType", mimeType)
        writer.annotations(annotations, for: version)
        if version >= .v2025_11_25 { writer.member("icons", icons) }
        if version >= .v2025_06_18 { writer.member("_meta", meta) }
        writer.endObject()
    }
}
