import JSON

/// A `_meta` that was found whole, and what it came to.
final class ModernEnvelope: Sendable {
    let context: RequestContext
    private let meta: JSONValue

    /// Nil for what is large, as it keeps its whole message.
    init?(_ meta: JSONValue, _ context: RequestContext) {
        guard meta.document.bytes.count <= Self.mostBytes else { return nil }
        self.meta = meta
        self.context = context
    }

    private static let mostBytes = 2048

    /// Whether another one is written in the same bytes.
    func isSame(_ other: JSONValue) -> Bool { meta.isWrittenAs(other) }
}
