import JSON

/// Parameters of `resources/subscribe` and `resources/unsubscribe` (DIGEST 2.5).
package struct ResourceSubscription: Sendable, Equatable {
    package let uri: String

    package static func parse(_ inbound: Inbound) -> Result<ResourceSubscription, ProtocolError> {
        guard let uri = inbound.params?["uri"]?.string, ResourceDefinition.isURI(uri) else {
            return .failure(.invalidParams("uri must be an absolute URI"))
        }
        return .success(ResourceSubscription(uri: uri))
    }
}
