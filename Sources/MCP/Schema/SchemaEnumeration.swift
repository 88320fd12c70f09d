internal import JSON

/// The values of an `enum`. Many of them are found by their hash.
struct SchemaEnumeration: Sendable {
    static let hashed = 16

    let values: [JSONValue]
    /// Positions in ``values`` by hash; empty for a short enumeration.
    let positions: [Int: [Int32]]
}
