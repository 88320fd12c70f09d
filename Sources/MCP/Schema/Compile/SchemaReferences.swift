internal import JSON

extension SchemaIndex {
    /// What a reference leads to. `dynamicAnchor` is its name where the reference found a `$dynamicAnchor`.
    struct Target {
        let location: SchemaLocation
        let dynamicAnchor: String?
    }

    /// Finds what `$ref` or `$dynamicRef` at a location means.
    mutating func target(
        of reference: String, at location: SchemaLocation, _ keyword: String
    ) throws(SchemaError) -> Target {
        guard let resource = resourceOf[location] else {
            throw SchemaError(path(location, keyword), "'\(reference)' stands in no schema", "")
        }
        let uri = URIReference(reference).resolved(against: URIReference(resources[resource].uri))
        guard let found = try self.resource(uri.withoutFragment) else {
            throw SchemaError(
                path(location, keyword), "'\(reference)' leads to another document, and documents are not fetched",
                "copy what it means into $defs and refer to that")
        }
        guard let fragment = JSONPointer.percentDecoded(uri.fragment ?? "") else {
            throw SchemaError(path(location, keyword), "the fragment of '\(reference)' is not UTF-8", "mend its percent-encoding")
        }
        if fragment.isEmpty { return Target(location: resources[found].location, dynamicAnchor: nil) }
        if fragment.hasPrefix("/") {
            let place = try pointed(fragment, from: found, reference, location, keyword)
            return Target(location: place, dynamicAnchor: nil)
        }
        guard let place = resources[found].anchors[fragment] else {
            throw SchemaError(
                path(location, keyword), "'\(reference)' names an $anchor that is not there",
                "name one that is, or use a pointer such as #/$defs/\(fragment)")
        }
        return Target(location: place, dynamicAnchor: resources[found].dynamicAnchors[fragment] == place ? fragment : nil)
    }

    private mutating func pointed(
        _ pointer: String, from resource: Int, _ reference: String, _ location: SchemaLocation, _ keyword: String
    ) throws(SchemaError) -> SchemaLocation {
        let start = resources[resource].location
        var owner = resource
        var value = value(start)
        guard let tokens = JSONPointer.tokens(pointer) else {
            throw SchemaError(
                path(location, keyword), "'\(reference)' has a '~' in its pointer that is neither '~0' nor '~1'", "write '~0' for '~'")
        }
        for token in tokens {
            guard let child = JSONPointer.child(token, of: value) else {
                throw SchemaError(
                    path(location, keyword), "'\(reference)' leads to nothing: there is no '\(token)' on the way",
                    "mend the pointer, or add what it names")
            }
            value = child
            owner = resourceOf[SchemaLocation(document: start.document, index: value.index)] ?? owner
        }
        guard value.kind == .object || value.kind == .bool else {
            throw SchemaError(
                path(location, keyword), "'\(reference)' does not lead to a schema but to \(SchemaText.kind(value.kind))",
                "mend the pointer")
        }
        let place = SchemaLocation(document: start.document, index: value.index)
        if resourceOf[place] == nil { try addUnreached(place, resource: owner) }
        return place
    }
}
