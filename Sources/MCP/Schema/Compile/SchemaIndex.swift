internal import JSON

/// The documents that a schema consists of, and what in them has a name.
struct SchemaIndex {
    let limits: SchemaLimits
    /// Documents that the caller gave, by URI.
    let given: [String: JSONValue]
    private(set) var documents: [SchemaDocument] = []
    private(set) var resources: [SchemaResource] = []
    private(set) var resourceOf: [SchemaLocation: Int] = [:]
    private var byURI: [String: Int] = [:]

    static let dialect = "https://json-schema.org/draft/2020-12/schema"

    init(limits: SchemaLimits, given: [String: JSONValue]) {
        self.limits = limits
        self.given = given
    }

    func value(_ location: SchemaLocation) -> JSONValue {
        // impossible: locations are made from values of the document only
        documents[location.document].root.document.value(at: location.index)!
    }

    /// The path of a subschema, as errors and failures name it.
    func path(_ location: SchemaLocation, _ keyword: String = "") -> String {
        let document = documents[location.document]
        let pointer = JSONPointer.path(to: location.index, in: document.root)
        return document.uri + "#" + pointer + (keyword.isEmpty ? "" : "/" + JSONPointer.escaped(keyword))
    }

    /// Reads a document. Gives its root.
    mutating func add(_ root: JSONValue, uri: String) throws(SchemaError) -> SchemaLocation {
        let name = documents.isEmpty ? "" : uri
        guard root.raw.count <= limits.maxSchemaBytes else {
            throw SchemaError(
                "\(name)#", "the schema has \(root.raw.count) bytes, \(limits.maxSchemaBytes) are the most", "make it smaller")
        }
        documents.append(SchemaDocument(uri: name, root: root))
        let location = SchemaLocation(document: documents.count - 1, index: root.index)
        guard root.kind == .object || root.kind == .bool else {
            throw SchemaError(
                path(location), "a schema is an object or a boolean, this is \(SchemaText.kind(root.kind))", "write {} for 'anything'")
        }
        let resource = try openResource(at: location, root, base: URIReference(uri))
        // A document is known by the URI that it was asked for, too.
        if byURI[uri] == nil { byURI[uri] = resource }
        try walk(location, resource)
        return location
    }

    /// Reads what stands at a location that no keyword leads to, but a pointer does.
    mutating func addUnreached(_ location: SchemaLocation, resource: Int) throws(SchemaError) {
        try walk(location, resource)
    }

    /// The resource with a URI: one that was read, one of the caller's, or a meta-schema.
    mutating func resource(_ uri: String) throws(SchemaError) -> Int? {
        if let known = byURI[uri] { return known }
        if let document = given[uri] {
            _ = try add(document, uri: uri)
        } else if let document = MetaSchemas.document(uri) {
            _ = try add(document, uri: uri)
        }
        return byURI[uri]
    }

    private mutating func openResource(
        at location: SchemaLocation, _ value: JSONValue, base: URIReference
    ) throws(SchemaError) -> Int {
        var uri = base.withoutFragment
        if let id = value["$id"] {
            guard let text = id.string else { throw wrong(location, "$id", "must be a string", "give it a URI") }
            let reference = URIReference(text)
            guard reference.fragment?.isEmpty ?? true else {
                throw wrong(location, "$id", "must not have a fragment", "use $anchor to name a part of a document")
            }
            uri = reference.resolved(against: base).withoutFragment
        }
        let vocabularies = try dialect(of: value, location)
        resources.append(SchemaResource(uri: uri, location: location, vocabularies: vocabularies))
        let resource = resources.count - 1
        if let other = byURI[uri] {
            guard uri.isEmpty || resources[other].location == location else {
                throw wrong(
                    location, "$id", "the URI '\(uri)' is taken by \(path(resources[other].location))", "give one of the two another URI")
            }
        } else {
            byURI[uri] = resource
        }
        return resource
    }

    /// `$schema`: 2020-12, which is also what no `$schema` means, or a meta-schema that the caller gave.
    private func dialect(of value: JSONValue, _ location: SchemaLocation) throws(SchemaError) -> Vocabularies {
        guard let schema = value["$schema"] else { return .standard }
        guard let text = schema.string else { throw wrong(location, "$schema", "must be a string", "write \"\(Self.dialect)\"") }
        let uri = URIReference(text).withoutFragment
        if uri == Self.dialect { return .standard }
        guard let meta = given[uri] else {
            throw wrong(
                location, "$schema", "the dialect '\(text)' is not supported, only 2020-12 is",
                "write the schema for 2020-12, with \"$schema\": \"\(Self.dialect)\" or without $schema")
        }
        guard let named = meta["$vocabulary"], named.kind == .object else { return .standard }
        var vocabularies: Vocabularies = .core
        for (name, isRequired) in named.members {
            if let known = Vocabularies(uri: name.string ?? "") {
                vocabularies.formUnion(known)
            } else if isRequired.bool == true {
                throw wrong(
                    location, "$schema", "the dialect '\(text)' needs the vocabulary '\(name.string ?? "")', which is not supported",
                    "leave the vocabulary out")
            }
        }
        return vocabularies
    }

    /// Goes through all subschemas of a subschema and notes their names. Needs no stack, however deep they are.
    private mutating func walk(_ start: SchemaLocation, _ resource: Int) throws(SchemaError) {
        var pending: [(location: SchemaLocation, resource: Int)] = [(start, resource)]
        while let next = pending.popLast() {
            guard resourceOf[next.location] == nil else { continue }
            let value = value(next.location)
            guard value.kind == .object else {
                try note(next.location, next.resource)
                continue
            }
            var resource = next.resource
            if next.location != resources[resource].location, value["$id"] != nil {
                resource = try openResource(at: next.location, value, base: URIReference(resources[resource].uri))
            }
            try note(next.location, resource)
            for (key, child) in value.members {
                guard let keyword = SchemaKeyword.byName[key.string ?? ""] else { continue }
                let place = SchemaLocation(document: next.location.document, index: child.index)
                switch (keyword, keyword.shape) {
                case (.anchor, _): try anchor(child, next.location, resource, isDynamic: false)
                case (.dynamicAnchor, _): try anchor(child, next.location, resource, isDynamic: true)
                case (_, .one): pending.append((place, resource))
                case (_, .list):
                    for element in child.elements {
                        pending.append((SchemaLocation(document: place.document, index: element.index), resource))
                    }
                case (_, .map):
                    for (_, member) in child.members where member.kind != .array {
                        pending.append((SchemaLocation(document: place.document, index: member.index), resource))
                    }
                case (_, .none): break
                }
            }
        }
    }

    private mutating func note(_ location: SchemaLocation, _ resource: Int) throws(SchemaError) {
        resourceOf[location] = resource
        guard resourceOf.count <= limits.maxSubschemas else {
            throw SchemaError(path(location), "there are more than \(limits.maxSubschemas) subschemas", "make the schema smaller")
        }
    }

    private mutating func anchor(
        _ name: JSONValue, _ location: SchemaLocation, _ resource: Int, isDynamic: Bool
    ) throws(SchemaError) {
        let keyword = isDynamic ? "$dynamicAnchor" : "$anchor"
        guard let text = name.string, Self.isAnchor(text) else {
            throw wrong(location, keyword, "must be a name of letters, digits, '_', '-' and '.'", "begin it with a letter or '_'")
        }
        if let other = resources[resource].anchors[text], other != location {
            throw wrong(location, keyword, "the name '\(text)' is taken by \(path(other))", "give one of the two another name")
        }
        resources[resource].anchors[text] = location
        if isDynamic { resources[resource].dynamicAnchors[text] = location }
    }

    private static func isAnchor(_ name: String) -> Bool {
        var isFirst = true
        for byte in name.utf8 {
            let isLetter = byte | 0x20 &- 0x61 < 26 || byte == UInt8(ascii: "_")
            let isInner = byte &- 0x30 < 10 || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
            guard isLetter || (isInner && !isFirst) else { return false }
            isFirst = false
        }
        return !isFirst
    }

    private func wrong(_ location: SchemaLocation, _ keyword: String, _ what: String, _ howToMend: String) -> SchemaError {
        SchemaError(path(location, keyword), what, howToMend)
    }
}
