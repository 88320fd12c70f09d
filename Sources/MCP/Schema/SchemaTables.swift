internal import JSON

/// What the rules of a schema refer to.
struct SchemaTables: Sendable {
    /// Subschemas of `allOf`, `anyOf`, `oneOf` and `prefixItems`, one run after the other.
    var branches: [Int32] = []
    var constants: [JSONValue] = []
    var enumerations: [SchemaEnumeration] = []
    var numbers: [DecimalNumber] = []
    var divisors: [DecimalDivisor] = []
    var patterns: [Pattern] = []
    var objects: [ObjectRule] = []
    var keys: [SchemaKey] = []
    var patternProperties: [PatternPropertyRule] = []
    var arrays: [ArrayRule] = []
    var contains: [ContainsRule] = []
    var conditionals: [ConditionalRule] = []
    var dynamicReferences: [DynamicReference] = []
    /// The subschema of each `$dynamicAnchor` that a `$dynamicRef` may lead to.
    var dynamicTargets: [DynamicTarget: Int32] = [:]
}
