internal import JSON

extension SchemaCheck {
    /// Notes a failure of the value where the check stands, if failures are asked for. `message` is given how to call the value.
    mutating func fail(_ keyword: String, _ node: Int, _ value: JSONValue, _ message: (String) -> String) {
        guard reports, !isStopped, let path = report?.path else { return }
        var subject = FailurePath.readable(path)
        if case .name(let name)? = path.last {
            let holder = path.count == 1 ? "" : " in \(subject)"
            subject = "the name \(SchemaText.short(name))\(holder)"
        }
        report?.failures.append(
            SchemaFailure(
                instancePointer: FailurePath.pointer(path), instancePath: FailurePath.plain(path), keyword: keyword,
                schemaPath: schema.path(of: node, keyword), message: message(subject), isLimit: false))
    }

    /// The value is not what the subschema asks for. Always false.
    mutating func unexpected(_ keyword: String, _ node: Int, _ value: JSONValue) -> Bool {
        guard reports else { return false }
        let schemaValue = schema.value(of: node)
        let expected = SchemaText.expectation(of: schemaValue) ?? "what the schema asks for"
        let actual = actual(value, keyword, schemaValue)
        fail(keyword, node, value) { "\($0) must be \(expected), \(actual)" }
        return false
    }

    /// What the value is instead. A secret is not quoted, but called by its kind.
    private func actual(_ value: JSONValue, _ keyword: String, _ schemaValue: JSONValue) -> String {
        let isSecret = schemaValue["writeOnly"]?.bool == true || schemaValue["format"]?.isString("password" as StaticString) == true
        switch keyword {
        case "minLength", "maxLength": return "it has \(SchemaText.count(value.string?.unicodeScalars.count ?? 0, "character"))"
        case "minItems", "maxItems": return "it has \(SchemaText.count(value.count, "element"))"
        case "minProperties", "maxProperties": return "it has \(SchemaText.count(value.count, "member"))"
        default:
            guard report?.showingValues == true, !isSecret else {
                return keyword == "type" ? "it is \(SchemaText.kind(value.kind))" : "it is another \(SchemaText.noun(value.kind))"
            }
            return "it is \(SchemaText.short(value))"
        }
    }

    mutating func failMissing(_ name: String, _ keyword: String, _ node: Int, _ value: JSONValue, because other: String?) {
        guard let path = report?.path else { return }
        let plain = FailurePath.plain(path)
        let missing = plain + FailurePath.member(name, first: plain.isEmpty)
        let reason = other.map { " where `\($0)` is given" } ?? ""
        let members = schema.value(of: node)["properties"]
        let kind = members?[key: name].flatMap { SchemaText.expectation(of: $0) }.map { ": \($0)" } ?? ""
        fail(keyword, node, value) { _ in "`\(missing)` is missing, it is required\(reason)\(kind)" }
    }

    /// The schema `false`, which nothing satisfies.
    mutating func failNever(_ node: Int, _ value: JSONValue) {
        fail("", node, value) { "\($0) must not be there" }
    }

    /// A member or element that is not allowed at all.
    mutating func failUnexpectedChild(_ keyword: String, _ node: Int, _ child: JSONValue, _ step: FailurePath) {
        var hint = ""
        if case .member(let name) = step { hint = SchemaText.suggestion(for: name.string ?? "", schema.value(of: node)) }
        fail(keyword, node, child) { "\($0) is not allowed\(hint)" }
    }

    /// None of the alternatives fits: says what is wrong with the one that comes nearest.
    mutating func failNoAlternative(_ list: SchemaList, _ node: Int, _ value: JSONValue, _ keyword: String) {
        guard let outer = report, !outer.explains else {
            fail(keyword, node, value) { "\($0) fits none of \(SchemaText.count(Int(list.count), "alternative"))" }
            return
        }
        var nearest: (number: Int, failure: SchemaFailure, rank: Int)?
        for (number, branch) in list.indices.prefix(16).enumerated() {
            report = FailureReport(
                most: 4, showingValues: outer.showingValues, path: outer.path, failures: [], explains: true)
            _ = evaluate(Int(schema.tables.branches[branch]), value)
            guard !isStopped, let failures = report?.failures, let first = failures.first else { continue }
            let rank = Self.rank(failures, FailurePath.pointer(outer.path))
            if rank > nearest?.rank ?? .min { nearest = (number + 1, first, rank) }
        }
        report = outer
        guard !isStopped else { return }
        guard let nearest else {
            fail(keyword, node, value) { "\($0) fits none of \(SchemaText.count(Int(list.count), "alternative"))" }
            return
        }
        guard list.count > 1 else {
            report?.failures.append(nearest.failure)
            return
        }
        fail(keyword, node, value) {
            "\($0) fits none of \(list.count) alternatives; the nearest is number \(nearest.number), but \(nearest.failure.message)"
        }
    }

    /// How near an alternative is: one that is of another kind altogether is far, one that fails deep inside is near.
    private static func rank(_ failures: [SchemaFailure], _ base: String) -> Int {
        let depths = failures.map { $0.instancePointer.utf8.reduce(0) { $0 + ($1 == UInt8(ascii: "/") ? 1 : 0) } }
        let here = base.utf8.reduce(0) { $0 + ($1 == UInt8(ascii: "/") ? 1 : 0) }
        let isOther = zip(failures, depths).contains { failure, depth in
            (failure.keyword == "const" || failure.keyword == "enum") && depth <= here + 1 || failure.keyword == "type" && depth == here
        }
        return (isOther ? 0 : 1000) + (depths.max() ?? 0) * 8 - failures.count
    }
}
