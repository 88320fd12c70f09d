package import JSON

/// The parameters of `resources/read`.
package struct ResourceRead: Sendable, Equatable {
    package let uri: String

    package static func parse(_ inbound: Inbound) -> Result<ResourceRead, ProtocolError> {
        guard let uri = inbound.params?["uri"]?.string else { return .failure(.invalidParams("uri must be a string")) }
        return .success(ResourceRead(uri: uri))
    }

    package init(uri: String) { self.uri = uri }

    /// What the handler gets: the URI, and the variables of the template that it matches.
    package func arguments(_ variables: [(name: String, value: String)]) -> JSONValue {
        var writer = JSONWriter(reserving: 64 + 2 * uri.utf8.count)
        writer.beginObject()
        writer.member("uri", uri)
        if !variables.isEmpty {
            writer.key("variables")
            writer.beginObject()
            for (name, value) in variables {
                writer.key(escaping: name)
                writer.string(value)
            }
            writer.endObject()
        }
        writer.endObject()
        return .written(writer)
    }
}
