/// The keywords of 2020-12 that the compiler knows. What only describes is not among them.
enum SchemaKeyword: String, CaseIterable {
    case schema = "$schema"
    case id = "$id"
    case anchor = "$anchor"
    case dynamicAnchor = "$dynamicAnchor"
    case ref = "$ref"
    case dynamicRef = "$dynamicRef"
    case vocabulary = "$vocabulary"
    case comment = "$comment"
    case defs = "$defs"
    case definitions
    case allOf, anyOf, oneOf, not
    case condition = "if"
    case then
    case otherwise = "else"
    case properties, patternProperties, additionalProperties, propertyNames, dependentSchemas, dependencies
    case prefixItems, items, contains
    case unevaluatedItems, unevaluatedProperties
    case type, const, enumeration = "enum"
    case multipleOf, minimum, maximum, exclusiveMinimum, exclusiveMaximum
    case minLength, maxLength, pattern
    case minItems, maxItems, uniqueItems, minContains, maxContains
    case minProperties, maxProperties, required, dependentRequired
    case format
    case contentSchema, contentEncoding, contentMediaType

    static let byName: [String: SchemaKeyword] = Dictionary(uniqueKeysWithValues: allCases.map { ($0.rawValue, $0) })

    /// Where subschemas stand in a keyword's value.
    enum Shape { case none, one, list, map }

    var shape: Shape {
        switch self {
        case .not, .condition, .then, .otherwise, .additionalProperties, .propertyNames, .items, .contains, .unevaluatedItems,
            .unevaluatedProperties, .contentSchema:
            .one
        case .allOf, .anyOf, .oneOf, .prefixItems: .list
        case .defs, .definitions, .properties, .patternProperties, .dependentSchemas, .dependencies: .map
        default: .none
        }
    }

    /// The vocabulary that gives the keyword its meaning.
    var vocabulary: Vocabularies {
        switch self {
        case .schema, .id, .anchor, .dynamicAnchor, .ref, .dynamicRef, .vocabulary, .comment, .defs, .definitions: .core
        case .unevaluatedItems, .unevaluatedProperties: .unevaluated
        case .allOf, .anyOf, .oneOf, .not, .condition, .then, .otherwise, .properties, .patternProperties, .additionalProperties,
            .propertyNames, .dependentSchemas, .dependencies, .prefixItems, .items, .contains:
            .applicator
        case .format: .format
        case .contentSchema, .contentEncoding, .contentMediaType: .content
        default: .validation
        }
    }
}
