/// A member's name that a schema mentions.
struct SchemaKey: Sendable {
    let name: [UInt8]
    /// Its schema in `properties`.
    var node: Int32?

    /// Shorter names first, else by bytes: a search decides by length nearly always.
    static func precedes(_ left: some Collection<UInt8>, _ right: some Collection<UInt8>) -> Bool {
        left.count != right.count ? left.count < right.count : left.lexicographicallyPrecedes(right)
    }
}
