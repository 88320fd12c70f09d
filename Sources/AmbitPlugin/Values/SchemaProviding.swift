/// A type that says what its JSON looks like: as an argument (`.object`), a structured result (`output:`) or a plugin's configuration.
///
///     struct Limits: SchemaProviding {
///         var lines: Int
///         var pattern: String?
///         static let schema: JSON = [
///             "type": "object", "required": ["lines"],
///             "properties": ["lines": ["type": "integer", "minimum": 1], "pattern": ["type": "string"]],
///         ]
///     }
public protocol SchemaProviding: Codable, Sendable {
    /// A JSON Schema (2020-12).
    static var schema: JSON { get }
}
