package import JSON

extension MessageEncoder {
    /// The answer to `resources/list`, in the order given.
    package func resourcesList(
        id: RequestID, resources: [ResourceDefinition], nextCursor: String? = nil, cache: CacheHint = .none
    ) -> [UInt8] {
        result(id: id, reserving: 256 + 256 * resources.count) { writer in
            writer.key("resources")
            writer.beginArray()
            for resource in resources { resource.write(to: &writer, for: version) }
            writer.endArray()
            writer.member("nextCursor", nextCursor)
            if version.era == .modern { cache.write(to: &writer) }
        }
    }

    /// The answer to `resources/templates/list`, in the order given.
    package func resourceTemplatesList(
        id: RequestID, templates: [ResourceTemplateDefinition], nextCursor: String? = nil, cache: CacheHint = .none
    ) -> [UInt8] {
        result(id: id, reserving: 256 + 256 * templates.count) { writer in
            writer.key("resourceTemplates")
            writer.beginArray()
            for template in templates { template.write(to: &writer, for: version) }
            writer.endArray()
            writer.member("nextCursor", nextCursor)
            if version.era == .modern { cache.write(to: &writer) }
        }
    }

    /// The answer to `resources/read`. Never empty: a resource that is not there is an error.
    package func resourceContents(
        id: RequestID, _ contents: [ResourceContents], meta: JSONValue? = nil, cache: CacheHint = .none
    ) -> [UInt8] {
        result(id: id, meta: meta, reserving: 1024) { writer in
            writer.key("contents")
            writer.beginArray()
            for content in contents { content.write(to: &writer, for: version) }
            writer.endArray()
            if version.era == .modern { cache.write(to: &writer) }
        }
    }
}
