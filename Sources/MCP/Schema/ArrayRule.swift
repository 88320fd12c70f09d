/// `prefixItems` and `items`.
struct ArrayRule: Sendable, BitwiseCopyable {
    var prefix: SchemaList
    /// For what comes after the prefix.
    var items: Int32?
}
