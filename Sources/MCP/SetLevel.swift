import JSON

/// The parameters of the legacy `logging/setLevel`.
package struct SetLevel: Sendable, Equatable {
    package let level: LogLevel

    package static func parse(_ inbound: Inbound) -> Result<SetLevel, ProtocolError> {
        guard let level = inbound.params?["level"]?.string.flatMap({ LogLevel(name: $0) }) else {
            let names = LogLevel.allCases.map(\.name).joined(separator: ", ")
            return .failure(.invalidParams("level must be one of \(names)"))
        }
        return .success(SetLevel(level: level))
    }
}
