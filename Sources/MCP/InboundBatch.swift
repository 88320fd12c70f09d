package import JSON

/// An array of messages, none of which was looked at yet.
package struct InboundBatch: Sendable {
    private let root: JSONValue
    package let count: Int

    /// - Parameter root: an array.
    init(_ root: JSONValue) {
        self.root = root
        count = root.count
    }

    /// Each by itself: what is wrong with one is no fault of the others.
    package func members() -> [Result<Inbound, Rejection>] {
        root.elements.map { element in
            Inbound.read(element).flatMap { inbound in
                if inbound.known == .initialize { return refuse(inbound, "initialize must not be in a batch") }
                if inbound.isModern { return refuse(inbound, "2026-07-28 has no batches") }
                return .success(inbound)
            }
        }
    }

    private func refuse(_ inbound: Inbound, _ why: String) -> Result<Inbound, Rejection> {
        .failure(Rejection(.invalidRequest(why), id: inbound.shape == .request ? inbound.id : nil, httpStatus: 400))
    }
}
