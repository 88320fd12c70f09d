internal import JSON

extension SchemaCheck {
    /// Whether a member or element satisfies a subschema. `keyword` is that of the schema `node` which applies it, where what it
    /// says about a `false` is more than what the `false` can say.
    mutating func evaluateChild(
        _ target: Int, _ child: JSONValue, _ step: FailurePath, named keyword: StaticString? = nil, of node: Int = 0
    ) -> Bool {
        guard reports else { return evaluate(target, child) }
        report?.path.append(step)
        defer { report?.path.removeLast() }
        if let keyword, schema.value(of: target).bool == false {
            failUnexpectedChild("\(keyword)", node, child, step)
            return false
        }
        return evaluate(target, child)
    }
}
