import JSON

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

    /// The answer to `resources/templates/list` where there are none.
    package func noResourceTemplates(id: RequestID, cache: CacheHint = .none) -> [UInt8] {
        result(id: id) { writer in
            writer.key("resourceTemplates")
            writer.beginArray()
            writer.endArray()
            if version.era == .modern { cache.write(to: &writer) }
        }
    }

    /// The answer to `resources/read`. Never empty: a resource that is not there is an error.
    package func resourceContents(id: RequestID, _ contents: [ResourceContents], cache: CacheHint = .none) -> [UInt8] {
        result(id: id, reserving: 1024) { writer in
            writer.key("contents")
            writer.beginArray()
            for content in contents { content.write(to: &writer, for: version) }
            writer.endArray()
            if version.era == .modern { cache.write(to: &writer) }
        }
    }
}
