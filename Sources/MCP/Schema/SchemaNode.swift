/// A compiled subschema: a run of rules, and where it comes from.
struct SchemaNode: Sendable, BitwiseCopyable {
    /// The index of its first rule.
    var firstRule: Int32 = 0
    var ruleCount: Int32 = 0
    /// The schema resource that it belongs to: what `$dynamicRef` looks for anchors in.
    var resource: Int32
    /// Where it stands: document and tape index.
    var document: Int32
    var location: Int32
    /// Whether it asks which members or elements its other keywords have evaluated.
    var asksForMarks = false
}
