package import JSON

/// What a client sends at once, a POST's body or a line: one message, or several (DIGEST 2.5).
package enum InboundFrame: Sendable {
    case message(Inbound)
    case batch(InboundBatch)

    /// For a transport that bounds messages itself.
    package static func parse(_ bytes: [UInt8], atMost maxBytes: Int) -> Result<InboundFrame, Rejection> {
        parse(bytes, limits: JSONLimits(maxBytes: maxBytes))
    }

    package static func parse(_ bytes: [UInt8], limits: JSONLimits = .default) -> Result<InboundFrame, Rejection> {
        let root: JSONValue
        do {
            root = try JSONDocument(bytes, limits: limits).root
        } catch {
            return .failure(Rejection(.parseError(error), id: nil, httpStatus: 400))
        }
        guard root.kind != .array else { return .success(.batch(InboundBatch(root))) }
        return Inbound.read(root).map { .message($0) }
    }
}
