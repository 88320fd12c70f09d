import JSON

extension JSONWriter {
    /// A member of the current object, left out when there is no value.
    mutating func member(_ key: StaticString, _ value: String?) {
        guard let value else { return }
        self.key(key)
        string(value)
    }

    /// Annotations of content or of a resource: `lastModified` came with 2025-06-18.
    mutating func annotations(_ value: JSONValue?, for version: ProtocolVersion) {
        guard let value, version < .v2025_06_18, value["lastModified"] != nil else { return member("annotations", value) }
        self.key("annotations")
        beginObject()
        for (key, value) in value.members where !key.isString("lastModified" as StaticString) {
            self.key(escaping: key.string ?? "")
            raw(value)
        }
        endObject()
    }

    /// A member of the current object, left out when there is no value.
    mutating func member(_ key: StaticString, _ value: JSONValue?) {
        guard let value else { return }
        self.key(key)
        raw(value)
    }
}
