internal import JSON

/// The types that `type` names.
struct SchemaTypes: OptionSet, Sendable, BitwiseCopyable {
    let rawValue: UInt8

    static let null = SchemaTypes(rawValue: 1)
    static let boolean = SchemaTypes(rawValue: 2)
    static let number = SchemaTypes(rawValue: 4)
    static let string = SchemaTypes(rawValue: 8)
    static let array = SchemaTypes(rawValue: 16)
    static let object = SchemaTypes(rawValue: 32)
    static let integer = SchemaTypes(rawValue: 64)

    static let names: [(name: StaticString, type: SchemaTypes)] = [
        ("null", .null), ("boolean", .boolean), ("number", .number), ("string", .string), ("array", .array),
        ("object", .object), ("integer", .integer),
    ]

    init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The type that a schema names; nil where there is no such type.
    init?(named name: JSONValue) {
        guard let found = Self.names.first(where: { name.isString($0.name) }) else { return nil }
        self = found.type
    }

    init(_ kind: JSONValue.Kind) {
        self =
            switch kind {
            case .null: .null
            case .bool: .boolean
            case .number: .number
            case .string: .string
            case .array: .array
            case .object: .object
            }
    }
}
