package import JSON

/// A compiled JSON Schema of the dialect 2020-12. Immutable: any number of threads may check values with it.
///
/// Made of flat tables: a subschema is a run of rules, a rule is a number or two. Checking a value walks them, and allocates
/// nothing for a scalar. No document is ever fetched.
package final class Schema: Sendable {
    let limits: SchemaLimits
    let nodes: [SchemaNode]
    let rules: [SchemaRule]
    let tables: SchemaTables
    /// The documents that nodes stand in; the first is the schema itself.
    let documents: [SchemaDocument]

    init(limits: SchemaLimits, nodes: [SchemaNode], rules: [SchemaRule], tables: SchemaTables, documents: [SchemaDocument]) {
        self.limits = limits
        self.nodes = nodes
        self.rules = rules
        self.tables = tables
        self.documents = documents
    }

    /// Checks and compiles a schema.
    ///
    /// - Parameters:
    ///   - root: an object or a boolean. It and its document are kept.
    ///   - assertFormats: whether `format` is checked; else it only describes, as the specification has it.
    ///   - documents: schemas that `$ref` and `$schema` may name, by URI without fragment. Nothing else is looked up but the
    ///     meta-schemas of 2020-12.
    package static func compile(
        _ root: JSONValue, limits: SchemaLimits = .standard, assertFormats: Bool = false, documents: [String: JSONValue] = [:]
    ) throws(SchemaError) -> Schema {
        var compiler = SchemaCompiler(limits: limits, assertFormats: assertFormats, documents: documents)
        return try compiler.compile(root)
    }

    /// The first thing that is wrong with a value; nil when it satisfies the schema.
    ///
    /// - Parameter showingValues: whether messages may quote the value. Not for what holds secrets.
    package func validate(_ value: JSONValue, limits: SchemaLimits? = nil, showingValues: Bool = true) -> SchemaFailure? {
        failures(of: value, atMost: 1, limits: limits, showingValues: showingValues).first
    }

    /// What is wrong with a value, in the order of the schema's rules; empty when it satisfies the schema.
    ///
    /// What cannot be decided within the limits is one failure with ``SchemaFailure/isLimit``.
    package func failures(
        of value: JSONValue, atMost most: Int, limits: SchemaLimits? = nil, showingValues: Bool = true
    ) -> [SchemaFailure] {
        let limits = limits ?? self.limits
        var check = SchemaCheck(self, limits)
        let holds = check.evaluate(0, value)
        if let stop = check.stop { return [stop] }
        if holds { return [] }
        // Only now is it worth the effort to say why.
        var second = SchemaCheck(self, limits)
        second.report = FailureReport(most: max(most, 1), showingValues: showingValues)
        _ = second.evaluate(0, value)
        if let stop = second.stop, second.report?.failures.isEmpty != false { return [stop] }
        return second.report?.failures ?? []
    }
}
