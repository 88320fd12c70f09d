internal import JSON

/// What the compiler has read of one subschema. Keywords that work together wait here until all are known.
struct SchemaParts {
    let location: SchemaLocation
    let vocabularies: Vocabularies
    /// Values of the keywords that work together.
    var together: [SchemaKeyword: JSONValue] = [:]
    var references: [SchemaRule] = []
    var assertions: [SchemaRule] = []
    /// Rules that apply subschemas to the same value.
    var applicators: [SchemaRule] = []
    /// Rules that apply subschemas to members and elements.
    var children: [SchemaRule] = []
    /// Rules that need to know what all others have evaluated.
    var unevaluated: [SchemaRule] = []
}
