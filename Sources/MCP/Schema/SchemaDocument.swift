internal import JSON

/// A document that subschemas stand in.
struct SchemaDocument: Sendable {
    /// What paths in it begin with; empty for the schema itself.
    let uri: String
    let root: JSONValue
}
