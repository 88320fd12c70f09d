internal import JSON

extension SchemaText {
    /// What a schema asks for in words, such as "an integer from 1 to 65535"; nil where that can't be said shortly.
    static func expectation(of schema: JSONValue) -> String? {
        guard schema.kind == .object else { return nil }
        if let const = schema["const"] { return short(const) }
        if let values = schema["enum"], values.kind == .array, values.count > 0 { return oneOf(values) }
        let types = typeNames(schema["type"])
        var text = types.isEmpty ? "" : joined(types.map(phrase))
        var additions: [String] = []
        if let range = range(schema) { additions.append(range) }
        if let multiple = schema["multipleOf"] {
            additions.append(short(multiple) == "1" ? "without a fraction" : "that is a multiple of \(short(multiple))")
        }
        if let size = size(schema, "minLength", "maxLength", "character") { additions.append(size) }
        if let size = size(schema, "minItems", "maxItems", "element") { additions.append(size) }
        if let size = size(schema, "minProperties", "maxProperties", "member") { additions.append(size) }
        if let pattern = schema["pattern"]?.string { additions.append("that matches \(pattern.count <= 80 ? pattern : "a pattern")") }
        if let format = schema["format"]?.string { additions.append("of the format \(format)") }
        if additions.isEmpty { return text.isEmpty ? nil : text }
        if text.isEmpty { text = implied(schema) }
        return text + " " + additions.joined(separator: " ")
    }

    private static func oneOf(_ values: JSONValue) -> String {
        if values.count == 1, let only = values[0] { return short(only) }
        let shown = values.elements.prefix(12).map { short($0) }
        return "one of " + shown.joined(separator: ", ") + (values.count > 12 ? " and \(values.count - 12) others" : "")
    }

    private static func typeNames(_ type: JSONValue?) -> [String] {
        guard let type else { return [] }
        if let name = type.string { return [name] }
        return type.elements.compactMap(\.string)
    }

    private static func phrase(_ type: String) -> String {
        switch type {
        case "null": "null"
        case "boolean": "true or false"
        case "integer", "array", "object": "an \(type)"
        default: "a \(type)"
        }
    }

    private static func joined(_ words: [String]) -> String {
        guard let last = words.last, words.count > 1 else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " or " + last
    }

    /// The kind of value that the assertions are about, where no type is named.
    private static func implied(_ schema: JSONValue) -> String {
        let kinds: [(StaticString, String)] = [
            ("minimum", "a number"), ("maximum", "a number"), ("exclusiveMinimum", "a number"), ("exclusiveMaximum", "a number"),
            ("multipleOf", "a number"), ("minItems", "an array"), ("maxItems", "an array"), ("minProperties", "an object"),
            ("maxProperties", "an object"),
        ]
        return kinds.first { schema[$0.0] != nil }?.1 ?? "a string"
    }

    private static func range(_ schema: JSONValue) -> String? {
        let low =
            schema["minimum"].map { (text: short($0), isIn: true) } ?? schema["exclusiveMinimum"].map { (text: short($0), isIn: false) }
        let high =
            schema["maximum"].map { (text: short($0), isIn: true) } ?? schema["exclusiveMaximum"].map { (text: short($0), isIn: false) }
        switch (low, high) {
        case (let low?, let high?) where low.isIn && high.isIn: return "from \(low.text) to \(high.text)"
        case (let low?, let high?):
            return "\(low.isIn ? "of at least" : "above") \(low.text) and \(high.isIn ? "at most" : "below") \(high.text)"
        case (let low?, nil): return "\(low.isIn ? "of at least" : "above") \(low.text)"
        case (nil, let high?): return "\(high.isIn ? "of at most" : "below") \(high.text)"
        default: return nil
        }
    }

    private static func size(_ schema: JSONValue, _ least: StaticString, _ most: StaticString, _ noun: String) -> String? {
        let low = schema[least].map { short($0) }
        let high = schema[most].map { short($0) }
        switch (low, high) {
        case (let low?, let high?) where low == high: return "of exactly \(low) \(noun)\(low == "1" ? "" : "s")"
        case (let low?, let high?): return "of \(low) to \(high) \(noun)s"
        case (let low?, nil): return "of at least \(low) \(noun)\(low == "1" ? "" : "s")"
        case (nil, let high?): return "of at most \(high) \(noun)\(high == "1" ? "" : "s")"
        default: return nil
        }
    }
}
