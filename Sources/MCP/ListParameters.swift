import JSON

/// The parameters that all list methods share.
package struct ListParameters: Sendable, Equatable {
    /// Opaque; the empty string is a cursor too.
    package let cursor: String?

    package static func parse(_ inbound: Inbound) -> Result<ListParameters, ProtocolError> {
        guard let value = inbound.params?["cursor"] else { return .success(ListParameters(cursor: nil)) }
        guard let cursor = value.string else { return .failure(.invalidParams("cursor must be a string")) }
        return .success(ListParameters(cursor: cursor))
    }
}
