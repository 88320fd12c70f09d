/// One argument of a tool: what clients read about it and how it is decoded.
public struct Parameter<Value: Sendable>: Sendable {
    public let name: String
    var schema: JSON.Object
    /// Decodes a value that was given.
    let read: @Sendable (inout ArgumentReader, ambit_value) throws -> Value
    /// What stands for an absent argument; nil: it is required.
    let absent: (@Sendable (inout ArgumentReader) throws -> Value)?
    /// Decoding does more than look, so it comes after all others.
    let hasEffect: Bool

    init(
        _ name: String, schema: JSON.Object, hasEffect: Bool = false,
        absent: (@Sendable (inout ArgumentReader) throws -> Value)?,
        read: @escaping @Sendable (inout ArgumentReader, ambit_value) throws -> Value
    ) {
        self.name = name
        self.schema = schema
        self.hasEffect = hasEffect
        self.absent = absent
        self.read = read
    }

    /// The same parameter, but it may be left out, or be null: then the value is nil.
    public var optional: Parameter<Value?> {
        let (read, absent) = (read, absent)
        return Parameter<Value?>(
            name, schema: nullableSchema, hasEffect: hasEffect, absent: { reader in try absent?(&reader) },
            read: { reader, value in try read(&reader, value) })
    }

    /// The same parameter, but clients of 2026-07-28 send it in the header `Mcp-Param-<name>` as well (`x-mcp-header`), for whoever routes requests
    /// and reads no bodies: nothing secret. For strings, integers and booleans that are not `optional`; a default is fine.
    ///
    /// - Parameter name: letters, digits and hyphens; another one for each parameter of the tool.
    public func header(_ name: String) -> Parameter<Value> {
        var schema = schema
        schema["x-mcp-header"] = .string(name)
        return Parameter(self.name, schema: schema, hasEffect: hasEffect, absent: absent, read: read)
    }

    /// The host checks arguments by the schema: it must admit the null that stands for nothing.
    private var nullableSchema: JSON.Object {
        var schema = schema
        guard case .string = schema["type"], let type = schema["type"] else { return schema }
        schema["type"] = [type, "null"]
        if case .array(let values)? = schema["enum"] { schema["enum"] = .array(values + [.null]) }
        return schema
    }

    func decode(_ reader: inout ArgumentReader) throws -> Value {
        if let value = try reader.argument(name, nullIsAbsent: absent != nil) { return try read(&reader, value) }
        guard let absent else { throw ArgumentError.missing(name, schema["type"] ?? .null) }
        return try absent(&reader)
    }
}

/// What stands for an absent argument: the same value each time.
func always<T: Sendable>(_ value: T) -> @Sendable (inout ArgumentReader) throws -> T { { _ in value } }

/// A parameter of some type: what a tool needs of all of them.
protocol AnyParameter: Sendable {
    var name: String { get }
    var schema: JSON.Object { get }
    var isRequired: Bool { get }
    var hasEffect: Bool { get }
    func check(_ reader: inout ArgumentReader) throws
}

extension Parameter: AnyParameter {
    var isRequired: Bool { absent == nil }

    func check(_ reader: inout ArgumentReader) throws { _ = try decode(&reader) }
}
