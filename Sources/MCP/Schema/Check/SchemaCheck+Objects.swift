internal import JSON

extension SchemaCheck {
    /// All that is asked of members by their names.
    mutating func object(_ number: Int, _ node: Int, _ value: JSONValue, _ frame: MarkFrame) -> Bool {
        let rule = schema.tables.objects[number]
        let present = rule.asksForPresence ? openFrame(bits: Int(rule.keys.count)) : .none
        defer { if present.isOpen { close(present) } }
        var holds = true
        var position = 0
        for (name, member) in value.members {
            guard charge(1, node) else { return false }
            if !self.member(name, member, position, rule, node, present, frame) {
                holds = false
                if !reports { return false }
            }
            position += 1
        }
        guard present.isOpen else { return holds }
        if !required(rule, node, value, present) {
            holds = false
            if !reports { return false }
        }
        for (key, target) in rule.dependentSchemas where isMarked(Int(key), present) {
            if evaluate(Int(target), value, frame) { continue }
            holds = false
            if !reports { break }
        }
        return holds
    }

    /// One member: its own schema, those of its patterns, else that of additional members.
    private mutating func member(
        _ name: JSONValue, _ member: JSONValue, _ position: Int, _ rule: ObjectRule, _ node: Int, _ present: MarkFrame, _ frame: MarkFrame
    ) -> Bool {
        var holds = true
        var isKnown = false
        if let key = key(name, rule.keys) {
            mark(key, present)
            if let target = schema.tables.keys[Int(rule.keys.first) + key].node {
                isKnown = true
                if !evaluateChild(Int(target), member, .member(name)) { holds = false }
            }
        }
        for entry in rule.patterns.indices {
            guard holds || reports else { return false }
            let property = schema.tables.patternProperties[entry]
            guard matches(Int(property.pattern), name, node, "patternProperties") else { continue }
            isKnown = true
            if !evaluateChild(Int(property.node), member, .member(name)) { holds = false }
        }
        if !isKnown, let additional = rule.additional {
            isKnown = true
            if !evaluateChild(Int(additional), member, .member(name), named: "additionalProperties", of: node) { holds = false }
        }
        if isKnown, holds { mark(position, frame) }
        return holds
    }

    /// The position of a member's name among those that the schema mentions.
    private mutating func key(_ name: JSONValue, _ keys: SchemaList) -> Int? {
        guard !keys.isEmpty else { return nil }
        if let plain = name.plainText { return search(plain, keys) }
        name.copyText(into: &text)
        return search(text[...], keys)
    }

    private func search(_ name: ArraySlice<UInt8>, _ keys: SchemaList) -> Int? {
        var low = 0
        var high = Int(keys.count)
        let first = Int(keys.first)
        while low < high {
            let middle = (low + high) / 2
            if SchemaKey.precedes(schema.tables.keys[first + middle].name, name) { low = middle + 1 } else { high = middle }
        }
        guard low < keys.count, schema.tables.keys[first + low].name.elementsEqual(name) else { return nil }
        return low
    }

    private mutating func required(_ rule: ObjectRule, _ node: Int, _ value: JSONValue, _ present: MarkFrame) -> Bool {
        guard charge((rule.required.count + rule.dependentRequired.count) / 8, node) else { return false }
        var holds = true
        for key in rule.required where !isMarked(Int(key), present) {
            holds = false
            guard reports else { return false }
            let name = SchemaText.name(schema.tables.keys[Int(rule.keys.first + key)].name)
            failMissing(name, "required", node, value, because: nil)
        }
        for (key, needs) in rule.dependentRequired where isMarked(Int(key), present) {
            guard charge(needs.count / 8, node) else { return false }
            for need in needs where !isMarked(Int(need), present) {
                holds = false
                guard reports else { return false }
                let name = SchemaText.name(schema.tables.keys[Int(rule.keys.first + need)].name)
                let other = SchemaText.name(schema.tables.keys[Int(rule.keys.first + key)].name)
                failMissing(name, rule.usesDependencies ? "dependencies" : "dependentRequired", node, value, because: other)
            }
        }
        return holds
    }

    mutating func names(_ target: Int32, _ value: JSONValue) -> Bool {
        var holds = true
        for (name, _) in value.members where !evaluateChild(Int(target), name, .name(name)) {
            holds = false
            if !reports { break }
        }
        return holds
    }

    mutating func unevaluatedProperties(_ target: Int32, _ node: Int, _ value: JSONValue, _ frame: MarkFrame) -> Bool {
        var holds = true
        var position = 0
        for (name, member) in value.members {
            if !isMarked(position, frame) {
                if evaluateChild(Int(target), member, .member(name), named: "unevaluatedProperties", of: node) {
                    mark(position, frame)
                } else {
                    holds = false
                    if !reports { break }
                }
            }
            position += 1
        }
        return holds
    }
}
