extension Parameter {
    /// A list of strings, integers, numbers or booleans.
    public static func list<T: Sendable>(
        _ name: String, _ description: String, of element: Element<T>, default fallback: [T]? = nil,
        count: ClosedRange<Int>? = nil
    ) -> Parameter<[T]> {
        var schema = JSON.Object([("type", "array"), ("description", .string(description))])
        schema["items"] = .object(element.schema)
        if let count {
            schema["minItems"] = JSON(count.lowerBound)
            schema["maxItems"] = JSON(count.upperBound)
        }
        if let fallback { schema["default"] = .array(fallback.map(element.json)) }
        return Parameter<[T]>(name, schema: schema, absent: fallback.map(always)) { reader, value in
            try reader.expect(.array, value, name, "a list")
            let size = try reader.count(value)
            if let count, !count.contains(size) {
                throw ArgumentError.unexpected(name, given: "\(size) elements", expected: "\(count) elements")
            }
            return try (0..<size).map { index in
                try element.read(&reader, try reader.element(value, index).value, "\(name)[\(index)]")
            }
        }
    }

    /// An object whose members are all strings, in the order of the client (environment variables, headers). Of a repeated name the last
    /// value counts.
    public static func stringMap(
        _ name: String, _ description: String, default fallback: KeyValuePairs<String, String>? = nil
    ) -> Parameter<[(name: String, value: String)]> {
        var schema = JSON.Object([("type", "object"), ("description", .string(description))])
        schema["additionalProperties"] = ["type": "string"]
        let pairs = fallback.map { $0.map { (name: $0.key, value: $0.value) } }
        if let pairs { schema["default"] = .object(JSON.Object(pairs.map { ($0.name, .string($0.value)) })) }
        let strings = Element<String>.string
        return .init(name, schema: schema, absent: pairs.map(always)) { reader, value in
            try reader.expect(.object, value, name, "an object of strings")
            var result: [(name: String, value: String)] = []
            var places: [String: Int] = [:]
            for index in 0..<(try reader.count(value)) {
                let member = try reader.element(value, index)
                let key = JSON.unescape(member.rawKey)
                let string = try strings.read(&reader, member.value, "\(name).\(key)")
                if let place = places.updateValue(places[key] ?? result.count, forKey: key) {
                    result[place].value = string
                } else {
                    result.append((key, string))
                }
            }
            return result
        }
    }
}
