internal import JSON

/// Applicators that apply subschemas to the same value.
extension SchemaCheck {
    mutating func all(_ list: SchemaList, _ value: JSONValue, _ frame: MarkFrame) -> Bool {
        var holds = true
        for branch in list.indices where !evaluate(Int(schema.tables.branches[branch]), value, frame) {
            holds = false
            if !reports { break }
        }
        return holds
    }

    mutating func any(_ list: SchemaList, _ node: Int, _ value: JSONValue, _ frame: MarkFrame) -> Bool {
        quiet += 1
        var holds = false
        for branch in list.indices where evaluate(Int(schema.tables.branches[branch]), value, frame) {
            holds = true
            // All that hold leave marks, where somebody asks.
            if !frame.isOpen { break }
        }
        quiet -= 1
        if !holds, reports, !isStopped { failNoAlternative(list, node, value, "anyOf") }
        return holds
    }

    mutating func one(_ list: SchemaList, _ node: Int, _ value: JSONValue, _ frame: MarkFrame) -> Bool {
        quiet += 1
        var holding: (first: Int, second: Int?)?
        for branch in list.indices where evaluate(Int(schema.tables.branches[branch]), value, frame) {
            if let first = holding?.first {
                holding = (first, branch)
                break
            }
            holding = (branch, nil)
        }
        quiet -= 1
        guard let holding else {
            if reports, !isStopped { failNoAlternative(list, node, value, "oneOf") }
            return false
        }
        guard let second = holding.second else { return true }
        let (one, other) = (holding.first - Int(list.first) + 1, second - Int(list.first) + 1)
        fail("oneOf", node, value) { "\($0) fits alternative \(one) and alternative \(other), and must fit exactly one" }
        return false
    }

    mutating func not(_ target: Int32, _ node: Int, _ value: JSONValue) -> Bool {
        quiet += 1
        let holds = evaluate(Int(target), value)
        quiet -= 1
        guard holds else { return true }
        guard reports else { return false }
        let expected = SchemaText.expectation(of: schema.value(of: Int(target)))
        fail("not", node, value) { "\($0) must not be \(expected ?? "what the schema excludes")" }
        return false
    }

    mutating func conditional(_ number: Int32, _ value: JSONValue, _ frame: MarkFrame) -> Bool {
        let rule = schema.tables.conditionals[Int(number)]
        quiet += 1
        let holds = evaluate(Int(rule.condition), value, frame)
        quiet -= 1
        guard let next = holds ? rule.then : rule.otherwise else { return true }
        return evaluate(Int(next), value, frame)
    }
}
