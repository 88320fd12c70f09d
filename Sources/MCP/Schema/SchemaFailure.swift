/// Why a value doesn't satisfy a schema.
package struct SchemaFailure: Equatable, Sendable, CustomStringConvertible {
    /// Where in the value, as a JSON Pointer; empty for the whole value.
    package let instancePointer: String
    /// The same as one reads it, such as `options.retries[2]`; empty for the whole value.
    package let instancePath: String
    /// The keyword that is not satisfied. For ``isLimit`` the one whose turn it was, or none.
    package let keyword: String
    /// Where that keyword stands: the URI of its document if it is not the schema's own, `#` and a JSON Pointer.
    package let schemaPath: String
    /// A sentence for people and agents, without a full stop.
    package let message: String
    /// Whether a limit was crossed, so that nothing is known about the value.
    package let isLimit: Bool

    package var description: String { schemaPath.isEmpty ? message : "\(message) (\(schemaPath))" }
}
