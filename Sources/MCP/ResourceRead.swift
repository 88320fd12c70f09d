import JSON

/// The parameters of `resources/read`.
package struct ResourceRead: Sendable, Equatable {
    package let uri: String

    package static func parse(_ inbound: Inbound) -> Result<ResourceRead, ProtocolError> {
        guard let uri = inbound.params?["uri"]?.string else { return .failure(.invalidParams("uri must be a string")) }
        return .success(ResourceRead(uri: uri))
    }
}
