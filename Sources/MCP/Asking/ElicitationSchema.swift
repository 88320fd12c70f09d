import JSON

/// The one shape of schema that a form may have: an object of scalars and of choices (DIGEST 1.9).
struct ElicitationSchema {
    enum Problem: Equatable {
        case malformed(String)
        /// A property that came with 2025-11-25.
        case tooNew(String)

        func refusal(_ version: ProtocolVersion) -> AskRefusal {
            switch self {
            case .malformed(let text): .malformed("requestedSchema: \(text)")
            case .tooNew(let text): .version("clients of \(version.rawValue) know no \(text): that came with 2025-11-25")
            }
        }
    }

    private let schema: JSONValue

    init(_ schema: JSONValue) { self.schema = schema }

    func problem(for version: ProtocolVersion) -> Problem? {
        guard schema.kind == .object, schema["type"]?.isString("object" as StaticString) == true else {
            return .malformed("it must be an object schema")
        }
        guard let properties = schema["properties"], properties.kind == .object else { return .malformed("properties must be an object") }
        for (key, property) in properties.members {
            if let problem = Self.problem(with: property, named: key.string ?? "", version) { return problem }
        }
        if let required = schema["required"] {
            guard required.kind == .array else { return .malformed("required must be an array") }
            for name in required.elements {
                guard let text = name.string, properties[key: text] != nil else { return .malformed("required names what is no property") }
            }
        }
        return nil
    }

    private static func problem(with property: JSONValue, named name: String, _ version: ProtocolVersion) -> Problem? {
        guard property.kind == .object, let type = property["type"]?.string else { return .malformed("'\(name)' needs a type") }
        switch type {
        case "boolean", "number", "integer": return nil
        case "string":
            if let format = property["format"]?.string, !["email", "uri", "date", "date-time"].contains(format) {
                return .malformed("'\(name)': a string's format is email, uri, date or date-time, not \(format)")
            }
            if let choices = property["oneOf"] {
                guard isTitled(choices) else { return .malformed("'\(name)': oneOf is a list of {const, title}") }
                return version < .v2025_11_25 ? .tooNew("choices with titles ('\(name)')") : nil
            }
            if let choices = property["enum"], !isTexts(choices) { return .malformed("'\(name)': enum is a list of texts") }
            if let titles = property["enumNames"], !isTexts(titles) { return .malformed("'\(name)': enumNames is a list of texts") }
            return nil
        case "array":
            guard let items = property["items"], items.kind == .object else {
                return .malformed("'\(name)': an array needs items to choose from")
            }
            let isChoice = items["anyOf"].map(isTitled) ?? items["enum"].map(isTexts) ?? false
            guard isChoice else { return .malformed("'\(name)': the items of an array are an enum, or anyOf with const and title") }
            return version < .v2025_11_25 ? .tooNew("choices of several ('\(name)')") : nil
        default: return .malformed("'\(name)' is of type \(type): a form has strings, numbers, booleans and choices")
        }
    }

    private static func isTexts(_ value: JSONValue) -> Bool { value.kind == .array && value.elements.allSatisfy { $0.kind == .string } }

    private static func isTitled(_ value: JSONValue) -> Bool {
        value.kind == .array && value.count > 0
            && value.elements.allSatisfy { $0["const"]?.kind == .string && $0["title"]?.kind == .string }
    }
}
