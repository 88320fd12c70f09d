import JSON

/// An array of messages, none of which was looked at yet.
package struct InboundBatch: Sendable {
    private let root: JSONValue
    package let count: Int

    /// - Parameter root: an array.
    init(_ root: JSONValue) {
        self.root = root
        count = root.count
    }

    package enum Member: Sendable {
        case message(Inbound)
        case refused(Rejection)
        /// A notification that does not belong into a batch: nobody may answer it.
        case ignored
    }

    /// Each by itself: what is wrong with one is no fault of the others.
    package func members() -> [Member] {
        root.elements.map { element in
            switch Inbound.read(element) {
            case .failure(let rejection): return .refused(rejection)
            case .success(let inbound):
                if inbound.known == .initialize { return refuse(inbound, "initialize must not be in a batch") }
                if inbound.isModern { return refuse(inbound, "2026-07-28 has no batches") }
                return .message(inbound)
            }
        }
    }

    private func refuse(_ inbound: Inbound, _ why: String) -> Member {
        switch inbound.shape {
        case .request: .refused(Rejection(.invalidRequest(why), id: inbound.id, httpStatus: 400))
        case .notification: .ignored
        case .response: .refused(Rejection(.invalidRequest(why), id: nil, httpStatus: 400))
        }
    }
}
