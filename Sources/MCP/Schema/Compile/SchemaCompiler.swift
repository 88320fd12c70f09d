internal import JSON

/// Turns a schema into flat tables. Works from a list of subschemas that are still to be compiled, so that the stack that it
/// needs doesn't depend on the schema.
struct SchemaCompiler {
    let limits: SchemaLimits
    let assertFormats: Bool
    var index: SchemaIndex
    var nodes: [SchemaNode] = []
    var rules: [SchemaRule] = []
    var tables = SchemaTables()
    private var nodeOf: [SchemaLocation: Int32] = [:]
    /// Names of `$dynamicAnchor` that a `$dynamicRef` asks for.
    private var dynamicNames: [String: Int32] = [:]

    init(limits: SchemaLimits, assertFormats: Bool, documents: [String: JSONValue]) {
        self.limits = limits
        self.assertFormats = assertFormats
        index = SchemaIndex(limits: limits, given: documents)
    }

    mutating func compile(_ root: JSONValue) throws(SchemaError) -> Schema {
        let location = try index.add(root, uri: "")
        _ = try node(at: location)
        try compilePending(from: 0)
        // What a $dynamicRef may lead to is compiled too, and may ask for more.
        var compiled = 0
        repeat {
            compiled = nodes.count
            try addDynamicTargets()
            try compilePending(from: compiled)
        } while nodes.count > compiled
        try refuseCycles()
        return Schema(limits: limits, nodes: nodes, rules: rules, tables: tables, documents: index.documents)
    }

    private mutating func compilePending(from first: Int) throws(SchemaError) {
        var next = first
        while next < nodes.count {
            try compileNode(next)
            next += 1
        }
    }

    /// The node of a subschema; it is compiled when its turn comes.
    mutating func node(at location: SchemaLocation) throws(SchemaError) -> Int32 {
        if let known = nodeOf[location] { return known }
        let node = Int32(truncatingIfNeeded: nodes.count)
        nodeOf[location] = node
        nodes.append(
            SchemaNode(
                resource: Int32(truncatingIfNeeded: index.resourceOf[location] ?? 0),
                document: Int32(truncatingIfNeeded: location.document), location: Int32(truncatingIfNeeded: location.index)))
        return node
    }

    /// The number of a name that a `$dynamicRef` asks for.
    mutating func dynamicName(_ name: String) -> Int32 {
        let number = dynamicNames[name] ?? Int32(truncatingIfNeeded: dynamicNames.count)
        dynamicNames[name] = number
        return number
    }

    private mutating func addDynamicTargets() throws(SchemaError) {
        for (name, number) in dynamicNames {
            for (position, resource) in index.resources.enumerated() {
                guard let location = resource.dynamicAnchors[name] else { continue }
                let target = DynamicTarget(name: number, resource: Int32(truncatingIfNeeded: position))
                tables.dynamicTargets[target] = try node(at: location)
            }
        }
    }

    private mutating func compileNode(_ id: Int) throws(SchemaError) {
        let node = nodes[id]
        let location = SchemaLocation(document: Int(node.document), index: Int(node.location))
        let value = index.value(location)
        let first = rules.count
        switch value.kind {
        case .bool: if value.bool == false { rules.append(.never) }
        case .object:
            guard !value.hasDuplicateKeys else {
                throw SchemaError(index.path(location), "a keyword stands here twice", "leave one of the two out")
            }
            var parts = SchemaParts(location: location, vocabularies: index.resources[Int(node.resource)].vocabularies)
            for (key, value) in value.members {
                guard let keyword = SchemaKeyword.byName[key.string ?? ""] else { continue }
                guard keyword.vocabulary == .core || parts.vocabularies.contains(keyword.vocabulary) else { continue }
                try read(keyword, value, &parts)
            }
            try combine(&parts)
            rules += parts.references + parts.assertions + parts.applicators + parts.children + parts.unevaluated
            nodes[id].asksForMarks = !parts.unevaluated.isEmpty
        default:
            throw SchemaError(
                index.path(location), "a schema is an object or a boolean, this is \(SchemaText.kind(value.kind))",
                "write {} for 'anything'")
        }
        nodes[id].firstRule = Int32(truncatingIfNeeded: first)
        nodes[id].ruleCount = Int32(truncatingIfNeeded: rules.count - first)
    }
}
