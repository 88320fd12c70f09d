import JSON

/// A legacy `initialize` that was understood, with the version that is answered.
package struct Initialization: Sendable {
    package let requestedVersion: String
    /// The requested version when it is a stateful one that is spoken here, else the latest of them.
    package let version: ProtocolVersion
    package let client: ClientDescription

    static func parse(_ inbound: Inbound) -> Result<Initialization, ProtocolError> {
        guard let requested = inbound.params?["protocolVersion"]?.string else {
            return .failure(.invalidEnvelope("initialize needs protocolVersion, a string"))
        }
        let capabilities = inbound.params?["capabilities"]
        let info = inbound.params?["clientInfo"]
        if let capabilities, capabilities.kind != .object {
            return .failure(.invalidEnvelope("capabilities must be an object"))
        }
        if let info, info.kind != .object { return .failure(.invalidEnvelope("clientInfo must be an object")) }
        let version = ProtocolVersion(rawValue: requested)
        return .success(
            Initialization(
                requestedVersion: requested, version: version.isLegacy ? version : .latestLegacy,
                client: ClientDescription(info: info, capabilities: capabilities)))
    }
}
