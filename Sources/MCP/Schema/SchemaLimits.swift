/// Bounds on what a schema and a value may make the validator do. Crossing one is an error value that says which.
package struct SchemaLimits: Sendable, Equatable {
    /// Bytes of the schema, and of each document that it refers to.
    package var maxSchemaBytes: Int
    /// Subschemas, those of documents that are referred to included.
    package var maxSubschemas: Int
    /// Subschemas inside each other while a value is checked: those that a `$ref` leads to, and those of members and elements.
    package var maxDepth: Int
    /// Steps of one check. A step is a keyword, a member, an element, or some ten bytes of text; 10 to 100 ns.
    package var maxSteps: Int
    /// Regular expressions in the schema, those of documents that are referred to included.
    package var maxPatterns: Int
    /// What one search of a pattern may cost, in backtracks.
    package var maxPatternSteps: Int

    package init(
        maxSchemaBytes: Int = 1 << 20, maxSubschemas: Int = 20_000, maxDepth: Int = 256, maxSteps: Int = 10_000_000,
        maxPatterns: Int = 500,
        maxPatternSteps: Int = 1_000_000
    ) {
        self.maxSchemaBytes = maxSchemaBytes
        self.maxSubschemas = maxSubschemas
        self.maxDepth = maxDepth
        self.maxSteps = maxSteps
        self.maxPatterns = maxPatterns
        self.maxPatternSteps = maxPatternSteps
    }

    /// 1 MiB, 20 000 subschemas, depth 256, ten million steps, 500 patterns, a million backtracks.
    package static let standard = SchemaLimits()
}
