extension Admission {
    /// Why a batch is refused as a whole, or nil when each of its messages is to be looked at: only sessions of 2025-03-26 have them
    /// (DIGEST 2.5).
    ///
    /// - Parameter limit: messages in one batch.
    package static func refusal(
        of batch: InboundBatch, over transport: TransportFacts, session: SessionLookup, limit: Int
    ) -> Rejection? {
        if case .http(let facts) = transport {
            if let header = facts.version, !ProtocolVersion(rawValue: header).isLegacy { return refuse(.noBatches) }
            if case .unknown = session { return Rejection(.sessionNotFound, id: nil, httpStatus: 404) }
        }
        guard case .live(let live) = session, live.version == .v2025_03_26 else { return refuse(.noBatches) }
        if batch.count == 0 { return refuse(.invalidRequest("an empty batch")) }
        if batch.count > limit {
            return refuse(.invalidRequest("a batch of \(batch.count) messages; \(limit) are the most"))
        }
        return nil
    }

    private static func refuse(_ error: ProtocolError) -> Rejection { Rejection(error, id: nil, httpStatus: 400) }
}
