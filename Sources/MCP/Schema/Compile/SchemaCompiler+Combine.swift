internal import JSON

extension SchemaCompiler {
    /// Makes rules of the keywords that work together.
    mutating func combine(_ parts: inout SchemaParts) throws(SchemaError) {
        try combineCondition(&parts)
        try combineArray(&parts)
        try combineObject(&parts)
    }

    private mutating func optionalChild(_ keyword: SchemaKeyword, _ parts: SchemaParts) throws(SchemaError) -> Int32? {
        guard let value = parts.together[keyword] else { return nil }
        return try child(value, keyword, parts)
    }

    /// `then` and `else` mean nothing without `if`, but are checked.
    private mutating func combineCondition(_ parts: inout SchemaParts) throws(SchemaError) {
        let condition = try optionalChild(.condition, parts)
        let then = try optionalChild(.then, parts)
        let otherwise = try optionalChild(.otherwise, parts)
        guard let condition else { return }
        tables.conditionals.append(ConditionalRule(condition: condition, then: then, otherwise: otherwise))
        parts.applicators.append(.conditional(Int32(truncatingIfNeeded: tables.conditionals.count - 1)))
    }

    private mutating func combineArray(_ parts: inout SchemaParts) throws(SchemaError) {
        var prefix = SchemaList(first: 0, count: 0)
        if let value = parts.together[.prefixItems] { prefix = try schemas(value, .prefixItems, parts) }
        let items = try optionalChild(.items, parts)
        if items != nil || !prefix.isEmpty {
            tables.arrays.append(ArrayRule(prefix: prefix, items: items))
            parts.children.append(.array(Int32(truncatingIfNeeded: tables.arrays.count - 1)))
        }
        let least = try parts.together[.minContains].map { value throws(SchemaError) in try count(value, .minContains, parts) }
        let most = try parts.together[.maxContains].map { value throws(SchemaError) in try count(value, .maxContains, parts) }
        if let contains = try optionalChild(.contains, parts) {
            tables.contains.append(ContainsRule(node: contains, least: least ?? 1, most: most))
            parts.children.append(.contains(Int32(truncatingIfNeeded: tables.contains.count - 1)))
        }
    }

    private mutating func combineObject(_ parts: inout SchemaParts) throws(SchemaError) {
        var names = SchemaNames()
        if let properties = parts.together[.properties] {
            try requireMap(properties, .properties, parts)
            for (name, value) in properties.members { names.add(name, node: try child(value, .properties, parts)) }
        }
        let patterns = try patternProperties(parts)
        let additional = try optionalChild(.additionalProperties, parts)
        var rule = ObjectRule(
            keys: SchemaList(first: 0, count: 0), patterns: patterns, additional: additional, required: [], dependentRequired: [],
            dependentSchemas: [], usesDependencies: parts.together[.dependencies] != nil)
        if let required = parts.together[.required] { rule.required = try list(required, .required, parts, &names) }
        for keyword in [SchemaKeyword.dependentRequired, .dependentSchemas, .dependencies] {
            try dependencies(keyword, parts, &names, &rule)
        }
        guard !names.isEmpty || !patterns.isEmpty || additional != nil else { return }
        // Sorted for the search, and every number that was given out follows.
        let (keys, order) = names.sorted()
        rule.keys = SchemaList(first: tables.keys.count, count: keys.count)
        tables.keys += keys
        rule.required = rule.required.map { order[Int($0)] }
        rule.dependentRequired = rule.dependentRequired.map { (order[Int($0.key)], $0.needs.map { order[Int($0)] }) }
        rule.dependentSchemas = rule.dependentSchemas.map { (order[Int($0.key)], $0.node) }
        tables.objects.append(rule)
        parts.children.append(.object(Int32(truncatingIfNeeded: tables.objects.count - 1)))
    }

    private mutating func patternProperties(_ parts: SchemaParts) throws(SchemaError) -> SchemaList {
        guard let value = parts.together[.patternProperties] else { return SchemaList(first: 0, count: 0) }
        try requireMap(value, .patternProperties, parts)
        let first = tables.patternProperties.count
        for (name, schema) in value.members {
            let pattern = try pattern(name, .patternProperties, parts)
            tables.patternProperties.append(PatternPropertyRule(pattern: pattern, node: try child(schema, .patternProperties, parts)))
        }
        return SchemaList(first: first, count: tables.patternProperties.count - first)
    }

    private func list(
        _ value: JSONValue, _ keyword: SchemaKeyword, _ parts: SchemaParts, _ names: inout SchemaNames
    ) throws(SchemaError) -> [Int32] {
        guard value.kind == .array else {
            throw wrong(
                parts, keyword, "must be an array of names, this is \(SchemaText.short(value))",
                value.kind == .bool ? "write the names of the members that must be there beside 'properties'" : "write [\"name\"]")
        }
        var list: [Int32] = []
        var seen: Set<Int32> = []
        for name in value.elements {
            guard name.kind == .string else {
                throw wrong(parts, keyword, "must hold names only, not \(SchemaText.short(name))", "write the name in quotes")
            }
            let number = names.add(name)
            guard seen.insert(number).inserted else {
                throw wrong(parts, keyword, "says \(SchemaText.short(name)) twice", "leave one of the two out")
            }
            list.append(number)
        }
        return list
    }

    private mutating func dependencies(
        _ keyword: SchemaKeyword, _ parts: SchemaParts, _ names: inout SchemaNames, _ rule: inout ObjectRule
    ) throws(SchemaError) {
        guard let value = parts.together[keyword] else { return }
        try requireMap(value, keyword, parts)
        for (name, needs) in value.members {
            let key = names.add(name)
            if keyword == .dependentRequired || (keyword == .dependencies && needs.kind == .array) {
                rule.dependentRequired.append((key, try list(needs, keyword, parts, &names)))
            } else {
                rule.dependentSchemas.append((key, try child(needs, keyword, parts)))
            }
        }
    }
}
