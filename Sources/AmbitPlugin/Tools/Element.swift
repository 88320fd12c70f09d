/// The type of one value: of a parameter, or of each element of a list.
public struct Element<Value: Sendable>: Sendable {
    let schema: JSON.Object
    let json: @Sendable (Value) -> JSON
    /// Decodes a value; the text is its place in the arguments, for messages.
    let read: @Sendable (inout ArgumentReader, ambit_value, String) throws -> Value

    init(
        schema: JSON.Object, json: @escaping @Sendable (Value) -> JSON = { _ in .null },
        read: @escaping @Sendable (inout ArgumentReader, ambit_value, String) throws -> Value
    ) {
        self.schema = schema
        self.json = json
        self.read = read
    }
}

extension Element where Value == String {
    public static var string: Element<String> { .string(length: nil) }

    /// `length` counts Unicode scalars, as JSON Schema does.
    public static func string(length: ClosedRange<Int>?) -> Element<String> {
        var schema = JSON.Object([("type", "string")])
        if let length {
            schema["minLength"] = JSON(length.lowerBound)
            if length.upperBound < Int.max { schema["maxLength"] = JSON(length.upperBound) }
        }
        return Element(schema: schema, json: JSON.string) { reader, value, place in
            try reader.expect(.string, value, place, "a string")
            let string = try reader.string(value)
            if let length, !length.contains(string.unicodeScalars.count) {
                throw ArgumentError.unexpected(
                    place, given: "\(string.unicodeScalars.count) characters", expected: "\(length) characters")
            }
            return string
        }
    }

    /// One of several strings.
    public static func choice(_ values: [String]) -> Element<String> {
        var schema = JSON.Object([("type", "string")])
        schema["enum"] = JSON(values)
        return Element(schema: schema, json: JSON.string) { reader, value, place in
            try reader.expect(.string, value, place, "a string")
            let string = try reader.string(value)
            guard values.contains(string) else {
                throw ArgumentError.notOneOf(place, given: string, values)
            }
            return string
        }
    }
}

extension Element where Value == Int {
    public static var integer: Element<Int> { .integer(in: nil) }

    public static func integer(in range: ClosedRange<Int>?) -> Element<Int> {
        var schema = JSON.Object([("type", "integer")])
        if let range {
            schema["minimum"] = JSON(range.lowerBound)
            if range.upperBound < Int.max { schema["maximum"] = JSON(range.upperBound) }
        }
        return Element(schema: schema, json: { JSON($0) }) { reader, value, place in
            guard let integer = reader.integer(value) else {
                throw ArgumentError.unexpected(place, given: reader.shown(value), expected: "an integer")
            }
            if let range, !range.contains(integer) {
                throw ArgumentError.unexpected(place, given: "\(integer)", expected: "an integer in \(range)")
            }
            return integer
        }
    }
}

extension Element where Value == Double {
    public static var number: Element<Double> { .number(in: nil) }

    public static func number(in range: ClosedRange<Double>?) -> Element<Double> {
        var schema = JSON.Object([("type", "number")])
        if let range {
            if range.lowerBound.isFinite { schema["minimum"] = .double(range.lowerBound) }
            if range.upperBound.isFinite { schema["maximum"] = .double(range.upperBound) }
        }
        return Element(schema: schema, json: JSON.double) { reader, value, place in
            guard let number = reader.number(value) else {
                throw ArgumentError.unexpected(place, given: reader.shown(value), expected: "a number")
            }
            if let range, !range.contains(number) {
                throw ArgumentError.unexpected(place, given: "\(number)", expected: "a number in \(range)")
            }
            return number
        }
    }
}

extension Element where Value == Bool {
    public static var boolean: Element<Bool> {
        Element(schema: JSON.Object([("type", "boolean")]), json: JSON.bool) { reader, value, place in
            guard let boolean = reader.boolean(value) else {
                throw ArgumentError.unexpected(place, given: reader.shown(value), expected: "true or false")
            }
            return boolean
        }
    }
}

extension Element where Value: CaseIterable & RawRepresentable & Sendable, Value.RawValue == String {
    /// One case of an enum with string values.
    public static func choice(_ type: Value.Type) -> Element<Value> {
        let strings = Element<String>.choice(type.allCases.map(\.rawValue))
        return Element(schema: strings.schema, json: { .string($0.rawValue) }) { reader, value, place in
            let string = try strings.read(&reader, value, place)
            guard let choice = Value(rawValue: string) else {
                throw ArgumentError.unexpected(place, given: string, expected: "one of the listed values")
            }
            return choice
        }
    }
}
