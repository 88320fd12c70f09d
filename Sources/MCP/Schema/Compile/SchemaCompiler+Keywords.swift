internal import JSON

extension SchemaCompiler {
    /// One keyword of a subschema.
    mutating func read(_ keyword: SchemaKeyword, _ value: JSONValue, _ parts: inout SchemaParts) throws(SchemaError) {
        switch keyword {
        case .schema, .id, .anchor, .dynamicAnchor: break  // read by the index
        case .comment, .contentEncoding, .contentMediaType: _ = try string(value, keyword, parts)
        case .vocabulary:
            guard value.kind == .object else { throw wrong(parts, keyword, "must be an object", "see section 8.1.2 of the core") }
        case .defs, .definitions: try requireMap(value, keyword, parts)
        case .contentSchema: _ = try child(value, keyword, parts)
        case .ref: try reference(value, keyword, &parts)
        case .dynamicRef: try reference(value, keyword, &parts)
        case .allOf, .anyOf, .oneOf: try branches(keyword, value, &parts)
        case .not: parts.applicators.append(.not(node: try child(value, keyword, parts)))
        case .propertyNames: parts.children.append(.propertyNames(node: try child(value, keyword, parts)))
        case .unevaluatedItems: parts.unevaluated.append(.unevaluatedItems(node: try child(value, keyword, parts)))
        case .unevaluatedProperties: parts.unevaluated.append(.unevaluatedProperties(node: try child(value, keyword, parts)))
        case .condition, .then, .otherwise, .properties, .patternProperties, .additionalProperties, .dependentSchemas, .dependencies,
            .prefixItems, .items, .contains, .minContains, .maxContains, .required, .dependentRequired:
            parts.together[keyword] = value
        default: try assertion(keyword, value, &parts)
        }
    }

    /// `$ref` and `$dynamicRef`.
    private mutating func reference(_ value: JSONValue, _ keyword: SchemaKeyword, _ parts: inout SchemaParts) throws(SchemaError) {
        let text = try string(value, keyword, parts)
        let target = try index.target(of: text, at: parts.location, keyword.rawValue)
        let node = try node(at: target.location)
        guard keyword == .dynamicRef, let name = target.dynamicAnchor else { return parts.references.append(.ref(node: node)) }
        tables.dynamicReferences.append(DynamicReference(name: dynamicName(name), fallback: node))
        parts.references.append(.dynamicRef(Int32(truncatingIfNeeded: tables.dynamicReferences.count - 1)))
    }

    private mutating func branches(_ keyword: SchemaKeyword, _ value: JSONValue, _ parts: inout SchemaParts) throws(SchemaError) {
        let list = try schemas(value, keyword, parts)
        switch keyword {
        case .anyOf: parts.applicators.append(.anyOf(list))
        case .oneOf: parts.applicators.append(.oneOf(list))
        default: parts.applicators.append(.allOf(list))
        }
    }

    /// A list of subschemas, at least one.
    mutating func schemas(_ value: JSONValue, _ keyword: SchemaKeyword, _ parts: SchemaParts) throws(SchemaError) -> SchemaList {
        guard value.kind == .array, value.count > 0 else {
            throw wrong(parts, keyword, "must be an array of at least one schema, this is \(SchemaText.short(value))", "write [ … ]")
        }
        let first = tables.branches.count
        for element in value.elements {
            tables.branches.append(try node(at: place(element, parts)))
        }
        return SchemaList(first: first, count: tables.branches.count - first)
    }

    mutating func child(_ value: JSONValue, _ keyword: SchemaKeyword, _ parts: SchemaParts) throws(SchemaError) -> Int32 {
        guard value.kind == .object || value.kind == .bool else {
            throw wrong(
                parts, keyword, "must be a schema: an object or a boolean, this is \(SchemaText.short(value))",
                keyword == .items && value.kind == .array ? "a list of schemas is 'prefixItems' since 2020-12" : "write {} for 'anything'")
        }
        return try node(at: place(value, parts))
    }

    func place(_ value: JSONValue, _ parts: SchemaParts) -> SchemaLocation {
        SchemaLocation(document: parts.location.document, index: value.index)
    }

    func string(_ value: JSONValue, _ keyword: SchemaKeyword, _ parts: SchemaParts) throws(SchemaError) -> String {
        guard let text = value.string else {
            throw wrong(parts, keyword, "must be a string, this is \(SchemaText.short(value))", "write it in quotes")
        }
        return text
    }

    func requireMap(_ value: JSONValue, _ keyword: SchemaKeyword, _ parts: SchemaParts) throws(SchemaError) {
        guard value.kind == .object else {
            throw wrong(parts, keyword, "must be an object, this is \(SchemaText.short(value))", "write { \"name\": … }")
        }
        guard !value.hasDuplicateKeys else { throw wrong(parts, keyword, "says a name twice", "leave one of the two out") }
    }

    func wrong(_ parts: SchemaParts, _ keyword: SchemaKeyword, _ what: String, _ howToMend: String) -> SchemaError {
        SchemaError(index.path(parts.location, keyword.rawValue), "\(keyword.rawValue) \(what)", howToMend)
    }
}
