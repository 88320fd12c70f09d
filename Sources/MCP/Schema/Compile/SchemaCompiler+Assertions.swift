internal import JSON

extension SchemaCompiler {
    /// A keyword that asks something of a value without subschemas.
    mutating func assertion(_ keyword: SchemaKeyword, _ value: JSONValue, _ parts: inout SchemaParts) throws(SchemaError) {
        switch keyword {
        // The type decides most often, and costs least.
        case .type: parts.assertions.insert(.type(try types(value, parts)), at: 0)
        case .const:
            tables.constants.append(value)
            parts.assertions.append(.const(last(tables.constants)))
        case .enumeration: parts.assertions.append(try enumeration(value, parts))
        case .multipleOf: parts.assertions.append(try multiple(value, parts))
        case .minimum: parts.assertions.append(.minimum(try number(value, keyword, parts)))
        case .maximum: parts.assertions.append(.maximum(try number(value, keyword, parts)))
        case .exclusiveMinimum: parts.assertions.append(.exclusiveMinimum(try number(value, keyword, parts)))
        case .exclusiveMaximum: parts.assertions.append(.exclusiveMaximum(try number(value, keyword, parts)))
        case .minLength: parts.assertions.append(.minLength(try count(value, keyword, parts)))
        case .maxLength: parts.assertions.append(.maxLength(try count(value, keyword, parts)))
        case .minItems: parts.assertions.append(.minItems(try count(value, keyword, parts)))
        case .maxItems: parts.assertions.append(.maxItems(try count(value, keyword, parts)))
        case .minProperties: parts.assertions.append(.minProperties(try count(value, keyword, parts)))
        case .maxProperties: parts.assertions.append(.maxProperties(try count(value, keyword, parts)))
        case .pattern: parts.assertions.append(.pattern(try pattern(value, keyword, parts)))
        case .uniqueItems:
            guard let isAsked = value.bool else { throw wrong(parts, keyword, "must be true or false", "") }
            if isAsked { parts.assertions.append(.uniqueItems) }
        case .format:
            let name = try string(value, keyword, parts)
            guard assertFormats || parts.vocabularies.contains(.formatAssertion) else { return }
            if let format = SchemaFormat(rawValue: name) { parts.assertions.append(.format(format)) }
        default: break  // impossible: read(_:_:_:) keeps all others to itself
        }
    }

    private func last(_ table: [some Any]) -> Int32 { Int32(truncatingIfNeeded: table.count - 1) }

    private func types(_ value: JSONValue, _ parts: SchemaParts) throws(SchemaError) -> SchemaTypes {
        var types: SchemaTypes = []
        let names = value.kind == .array ? Array(value.elements) : [value]
        for name in names {
            guard let type = SchemaTypes(named: name), !types.contains(type) else {
                throw wrong(
                    parts, .type, "names \(SchemaText.short(name)), which is no type or stands here twice",
                    "use null, boolean, integer, number, string, array or object")
            }
            types.insert(type)
        }
        guard !types.isEmpty else { throw wrong(parts, .type, "names no type", "leave it out, or name one") }
        return types
    }

    private mutating func enumeration(_ value: JSONValue, _ parts: SchemaParts) throws(SchemaError) -> SchemaRule {
        guard value.kind == .array else {
            throw wrong(parts, .enumeration, "must be an array, this is \(SchemaText.short(value))", "write [ … ]")
        }
        let values = Array(value.elements)
        var positions: [Int: [Int32]] = [:]
        if values.count > SchemaEnumeration.hashed {
            var comparison = JSONComparison(steps: limits.maxSteps, maxDepth: limits.maxDepth)
            for (position, value) in values.enumerated() {
                positions[comparison.hash(of: value), default: []].append(Int32(truncatingIfNeeded: position))
            }
            guard !comparison.isExceeded else {
                throw wrong(parts, .enumeration, "is too large or nested too deeply", "make it smaller")
            }
        }
        tables.enumerations.append(SchemaEnumeration(values: values, positions: positions))
        return .enumeration(last(tables.enumerations))
    }

    private mutating func number(_ value: JSONValue, _ keyword: SchemaKeyword, _ parts: SchemaParts) throws(SchemaError) -> Int32 {
        guard let number = DecimalNumber(value) else {
            throw wrong(parts, keyword, "must be a number, this is \(SchemaText.short(value))", "write it without quotes")
        }
        tables.numbers.append(number)
        return last(tables.numbers)
    }

    private mutating func multiple(_ value: JSONValue, _ parts: SchemaParts) throws(SchemaError) -> SchemaRule {
        guard let number = DecimalNumber(value), !number.isNegative, !number.isZero else {
            throw wrong(parts, .multipleOf, "must be a number above 0, this is \(SchemaText.short(value))", "leave the sign out")
        }
        guard number.digits <= DecimalDivisor.maxDigits else {
            throw wrong(parts, .multipleOf, "has \(number.digits) digits, \(DecimalDivisor.maxDigits) are the most", "write fewer")
        }
        tables.divisors.append(DecimalDivisor(number))
        return .multipleOf(last(tables.divisors))
    }

    /// A bound of a length or count. More than any value can have is the greatest that there is.
    func count(_ value: JSONValue, _ keyword: SchemaKeyword, _ parts: SchemaParts) throws(SchemaError) -> Int {
        guard let number = DecimalNumber(value), number.isInteger, !number.isNegative else {
            throw wrong(parts, keyword, "must be a whole number from 0, this is \(SchemaText.short(value))", "")
        }
        return value.int64.map { Int($0) } ?? .max
    }

    mutating func pattern(_ value: JSONValue, _ keyword: SchemaKeyword, _ parts: SchemaParts) throws(SchemaError) -> Int32 {
        let source = value.utf8
        guard value.kind == .string else {
            throw wrong(parts, keyword, "must be a string, this is \(SchemaText.short(value))", "write it in quotes")
        }
        guard tables.patterns.count < limits.maxPatterns else {
            throw wrong(parts, keyword, "is one pattern too many, \(limits.maxPatterns) are the most", "leave some out")
        }
        do throws(PatternError) {
            tables.patterns.append(try Pattern(source))
        } catch {
            throw wrong(
                parts, keyword, "has \(SchemaText.short(value)), which is not a regular expression that can be used: \(error)",
                "mend it; the syntax is that of ECMA-262")
        }
        return last(tables.patterns)
    }
}
