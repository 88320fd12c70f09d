/// All that is asked of the members of an object by their names, so that one pass over them answers it.
struct ObjectRule: Sendable {
    /// Every name that a keyword mentions, in the order of ``SchemaKey/precedes(_:_:)``. The others count from its first.
    var keys: SchemaList
    /// `patternProperties`, in the table of the schema.
    var patterns: SchemaList
    /// `additionalProperties`.
    var additional: Int32?
    /// Names of `required`, in the order of the schema.
    var required: [Int32]
    /// `dependentRequired`: where the first is present, the others must be.
    var dependentRequired: [(key: Int32, needs: [Int32])]
    /// `dependentSchemas`.
    var dependentSchemas: [(key: Int32, node: Int32)]
    /// Which keyword of the two spellings of dependencies was used.
    var usesDependencies: Bool

    /// Whether it matters which names are there, and not only what they hold.
    var asksForPresence: Bool { !(required.isEmpty && dependentRequired.isEmpty && dependentSchemas.isEmpty) }
}
