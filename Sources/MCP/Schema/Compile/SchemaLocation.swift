/// Where a subschema stands: which document, and which entry of its tape.
struct SchemaLocation: Hashable {
    let document: Int
    let index: Int
}
