internal import JSON

extension SchemaCheck {
    /// `prefixItems` and `items`.
    mutating func array(_ number: Int, _ value: JSONValue, _ frame: MarkFrame) -> Bool {
        let rule = schema.tables.arrays[number]
        var holds = true
        var position = 0
        for element in value.elements {
            var node = rule.items
            if position < rule.prefix.count { node = schema.tables.branches[Int(rule.prefix.first) + position] }
            guard let node else { break }
            if evaluateChild(Int(node), element, .element(position)) {
                mark(position, frame)
            } else {
                holds = false
                if !reports { break }
            }
            position += 1
        }
        return holds
    }

    mutating func contains(_ number: Int, _ node: Int, _ value: JSONValue, _ frame: MarkFrame) -> Bool {
        let rule = schema.tables.contains[number]
        var found = 0
        quiet += 1
        for (position, element) in value.elements.enumerated() where evaluate(Int(rule.node), element) {
            mark(position, frame)
            found += 1
            if let most = rule.most, found > most { break }
            if rule.most == nil, found >= rule.least, !frame.isOpen { break }
        }
        quiet -= 1
        if isStopped { return false }
        let isTooMany = rule.most.map { found > $0 } ?? false
        guard found < rule.least || isTooMany else { return true }
        guard reports else { return false }
        let expected = SchemaText.expectation(of: schema.value(of: Int(rule.node))) ?? "what the schema asks for"
        if let most = rule.most, isTooMany {
            fail("maxContains", node, value) { "\($0) may hold no more than \(SchemaText.count(most, "element")) that fit: \(expected)" }
        } else {
            fail(rule.least == 1 ? "contains" : "minContains", node, value) {
                "\($0) must hold at least \(SchemaText.count(rule.least, "element")) that fit: \(expected); it holds \(found)"
            }
        }
        return false
    }

    mutating func unevaluatedItems(_ target: Int32, _ node: Int, _ value: JSONValue, _ frame: MarkFrame) -> Bool {
        var holds = true
        for (position, element) in value.elements.enumerated() where !isMarked(position, frame) {
            if evaluateChild(Int(target), element, .element(position), named: "unevaluatedItems", of: node) {
                mark(position, frame)
            } else {
                holds = false
                if !reports { break }
            }
        }
        return holds
    }

    mutating func hasUniqueElements(_ value: JSONValue, _ node: Int) -> Bool {
        let elements = Array(value.elements)
        guard elements.count > 1 else { return true }
        var comparison = JSONComparison(steps: steps, maxDepth: limits.maxDepth)
        var twins: (Int, Int)?
        // Equal elements have equal hashes, so that only neighbours in their order can be equal.
        let hashes = elements.indices.map { (hash: comparison.hash(of: elements[$0]), position: $0) }.sorted { $0 < $1 }
        search: for (order, one) in hashes.enumerated() {
            for other in hashes[(order + 1)...] {
                guard other.hash == one.hash else { break }
                if comparison.areEqual(elements[one.position], elements[other.position]) {
                    twins = (one.position, other.position)
                    break search
                }
            }
        }
        finish(comparison, node)
        guard let twins else { return true }
        fail("uniqueItems", node, value) { "\($0) must not hold an element twice, but elements \(twins.0) and \(twins.1) are equal" }
        return false
    }

    /// Takes over what a comparison has cost.
    mutating func finish(_ comparison: JSONComparison, _ node: Int) {
        steps = comparison.steps
        if comparison.isExceeded { stopped("the value can't be checked: it is too large or nested too deeply to be compared", node) }
    }
}
