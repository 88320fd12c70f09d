extension Parameter {
    /// A string. `length` counts Unicode scalars, as JSON Schema does.
    public static func string(
        _ name: String, _ description: String, default fallback: String? = nil, length: ClosedRange<Int>? = nil
    ) -> Parameter<String> {
        .scalar(name, description, fallback, .string(length: length), JSON.string)
    }

    /// An integer. `42.0` is 42; `42.5` is an error.
    public static func integer(
        _ name: String, _ description: String, default fallback: Int? = nil, in range: ClosedRange<Int>? = nil
    ) -> Parameter<Int> {
        .scalar(name, description, fallback, .integer(in: range), { JSON($0) })
    }

    public static func number(
        _ name: String, _ description: String, default fallback: Double? = nil, in range: ClosedRange<Double>? = nil
    ) -> Parameter<Double> {
        .scalar(name, description, fallback, .number(in: range), JSON.double)
    }

    public static func boolean(
        _ name: String, _ description: String, default fallback: Bool? = nil
    ) -> Parameter<Bool> {
        .scalar(name, description, fallback, .boolean, JSON.bool)
    }

    /// One of several strings.
    public static func choice(
        _ name: String, _ description: String, _ values: [String], default fallback: String? = nil
    ) -> Parameter<String> {
        .scalar(name, description, fallback, .choice(values), JSON.string)
    }

    /// One case of an enum with string values.
    public static func choice<Choice: CaseIterable & RawRepresentable & Sendable>(
        _ name: String, _ description: String, _ type: Choice.Type, default fallback: Choice? = nil
    ) -> Parameter<Choice> where Choice.RawValue == String {
        .scalar(name, description, fallback, Element<Choice>.choice(type), { .string($0.rawValue) })
    }

    static func scalar<T: Sendable>(
        _ name: String, _ description: String, _ fallback: T?, _ element: Element<T>, _ json: (T) -> JSON
    ) -> Parameter<T> {
        var schema = element.schema
        schema["description"] = .string(description)
        if let fallback { schema["default"] = json(fallback) }
        return Parameter<T>(name, schema: schema, absent: fallback.map(always)) { reader, value in
            try element.read(&reader, value, name)
        }
    }
}
