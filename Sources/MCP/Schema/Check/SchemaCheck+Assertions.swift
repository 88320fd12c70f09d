internal import JSON

extension SchemaCheck {
    /// A rule that needs no other subschema.
    mutating func assert(_ rule: SchemaRule, _ node: Int, _ value: JSONValue) -> Bool {
        guard charge(1, node) else { return false }
        switch rule {
        case .never:
            failNever(node, value)
            return false
        case .type(let types): return hasType(types, value) || unexpected("type", node, value)
        case .const(let number): return isEqual(value, number, node) || isStopped || unexpected("const", node, value)
        case .enumeration(let number): return isListed(value, number, node) || isStopped || unexpected("enum", node, value)
        case .minimum, .maximum, .exclusiveMinimum, .exclusiveMaximum, .multipleOf:
            guard value.kind == .number, charge(value.raw.count / 16, node) else { return !isStopped }
            return numeric(rule, node, value, DecimalNumber(value.raw))
        case .minLength(let least): return value.kind != .string || length(value, node) >= least || unexpected("minLength", node, value)
        case .maxLength(let most): return value.kind != .string || length(value, node) <= most || unexpected("maxLength", node, value)
        case .pattern(let number):
            guard value.kind == .string, !matches(Int(number), value, node, "pattern") else { return true }
            return unexpected("pattern", node, value)
        case .format(let format):
            guard value.kind == .string, charge(value.raw.count / 4, node) else { return !isStopped }
            return isFormatted(format, value) || unexpected("format", node, value)
        case .minItems(let least): return value.kind != .array || value.count >= least || unexpected("minItems", node, value)
        case .maxItems(let most): return value.kind != .array || value.count <= most || unexpected("maxItems", node, value)
        case .uniqueItems: return value.kind != .array || hasUniqueElements(value, node)
        case .minProperties(let least): return value.kind != .object || value.count >= least || unexpected("minProperties", node, value)
        case .maxProperties(let most): return value.kind != .object || value.count <= most || unexpected("maxProperties", node, value)
        default: return true  // impossible: apply(_:_:_:_:_:) keeps all others to itself
        }
    }

    private mutating func numeric(_ rule: SchemaRule, _ node: Int, _ value: JSONValue, _ number: DecimalNumber) -> Bool {
        let numbers = schema.tables.numbers
        switch rule {
        case .minimum(let bound): return number.compared(to: numbers[Int(bound)]) >= 0 || unexpected("minimum", node, value)
        case .maximum(let bound): return number.compared(to: numbers[Int(bound)]) <= 0 || unexpected("maximum", node, value)
        case .exclusiveMinimum(let bound):
            return number.compared(to: numbers[Int(bound)]) > 0 || unexpected("exclusiveMinimum", node, value)
        case .exclusiveMaximum(let bound):
            return number.compared(to: numbers[Int(bound)]) < 0 || unexpected("exclusiveMaximum", node, value)
        case .multipleOf(let divisor):
            let divisor = schema.tables.divisors[Int(divisor)]
            guard charge(divisor.cost(of: number), node) else { return false }
            return divisor.divides(number) || unexpected("multipleOf", node, value)
        default: return true
        }
    }

    private func hasType(_ types: SchemaTypes, _ value: JSONValue) -> Bool {
        let kind = value.kind
        if types.contains(SchemaTypes(kind)) { return true }
        return kind == .number && types.contains(.integer) && DecimalNumber(value.raw).isInteger
    }

    private mutating func isEqual(_ value: JSONValue, _ number: Int32, _ node: Int) -> Bool {
        var comparison = JSONComparison(steps: steps, maxDepth: limits.maxDepth)
        let isEqual = comparison.areEqual(value, schema.tables.constants[Int(number)])
        finish(comparison, node)
        return isEqual
    }

    private mutating func isListed(_ value: JSONValue, _ number: Int32, _ node: Int) -> Bool {
        var comparison = JSONComparison(steps: steps, maxDepth: limits.maxDepth)
        let enumeration = schema.tables.enumerations[Int(number)]
        var isListed = false
        if enumeration.positions.isEmpty {
            for candidate in enumeration.values where comparison.areEqual(value, candidate) {
                isListed = true
                break
            }
        } else {
            for position in enumeration.positions[comparison.hash(of: value)] ?? []
            where comparison.areEqual(value, enumeration.values[Int(position)]) {
                isListed = true
                break
            }
        }
        finish(comparison, node)
        return isListed
    }

    /// Characters (Unicode code points) of a string: the bytes that don't continue one.
    private mutating func length(_ value: JSONValue, _ node: Int) -> Int {
        guard charge(value.raw.count / 64, node) else { return 0 }
        if let plain = value.plainText { return Self.characters(plain) }
        value.copyText(into: &text)
        return Self.characters(text[...])
    }

    private static func characters(_ bytes: ArraySlice<UInt8>) -> Int {
        bytes.withUnsafeBufferPointer { bytes in
            var count = 0
            for byte in bytes where byte & 0xC0 != 0x80 { count &+= 1 }
            return count
        }
    }

    private mutating func isFormatted(_ format: SchemaFormat, _ value: JSONValue) -> Bool {
        if let plain = value.plainText { return format.accepts(plain) }
        value.copyText(into: &text)
        return format.accepts(text[...])
    }

    /// Whether a pattern is found in a text.
    mutating func matches(_ number: Int, _ value: JSONValue, _ node: Int, _ keyword: String) -> Bool {
        guard !isStopped else { return false }
        if matcher == nil { matcher = PatternMatcher() }
        guard let matcher else {
            stopped("the value can't be checked: there is no memory for a search", node, keyword)
            return false
        }
        let pattern = schema.tables.patterns[number]
        var left = steps
        let outcome: PatternMatch
        if let plain = value.plainText {
            outcome = plain.withUnsafeBufferPointer { matcher.search($0, for: pattern, steps: &left, limit: limits.maxPatternSteps) }
        } else {
            value.copyText(into: &text)
            outcome = text.withUnsafeBufferPointer { matcher.search($0, for: pattern, steps: &left, limit: limits.maxPatternSteps) }
        }
        steps = left
        if outcome == .tooCostly {
            stopped("the value can't be checked: to search a text in it for a pattern costs too much", node, keyword)
        }
        return outcome == .found
    }
}
