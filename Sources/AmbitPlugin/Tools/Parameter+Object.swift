extension Parameter {
    /// An object (or whatever the schema says), decoded as a type. Clients read the schema; what doesn't fit the type is an error that names the
    /// path: `Argument "limits.lines": expected an integer, got "x".`
    public static func object<Object: Codable & Sendable>(
        _ name: String, _ description: String, _ type: Object.Type, schema: JSON, default fallback: Object? = nil
    ) -> Parameter<Object> {
        // A default that can't be encoded is not shown; it counts all the same.
        .scalar(name, description, fallback, .object(type, schema: schema), { (try? JSON(encoding: $0)) ?? .null })
    }

    /// An object whose type says what it looks like.
    public static func object<Object: SchemaProviding>(
        _ name: String, _ description: String, _ type: Object.Type, default fallback: Object? = nil
    ) -> Parameter<Object> {
        .object(name, description, type, schema: Object.schema, default: fallback)
    }
}

extension Element where Value: Codable & Sendable {
    /// Objects (or whatever the schema says), each decoded as a type.
    public static func object(_ type: Value.Type, schema: JSON) -> Element<Value> {
        var members = JSON.Object()
        if case .object(let object) = schema { members = object }
        return Element(schema: members, json: { (try? JSON(encoding: $0)) ?? .null }) { reader, value, place in
            let json = try reader.json(value)
            do throws(JSONDecodingFailure) {
                return try json.decode(as: type)
            } catch {
                throw ArgumentError.undecodable(place, error)
            }
        }
    }
}

extension Element where Value: SchemaProviding {
    /// Objects whose type says what they look like.
    public static func object(_ type: Value.Type) -> Element<Value> { .object(type, schema: type.schema) }
}
