/// A schema with a URI of its own: a document, or a part of one with `$id`.
struct SchemaResource {
    let uri: String
    let location: SchemaLocation
    let vocabularies: Vocabularies
    /// Names of `$anchor` and `$dynamicAnchor`, and where they stand.
    var anchors: [String: SchemaLocation] = [:]
    var dynamicAnchors: [String: SchemaLocation] = [:]
}
