internal import JSON

extension Schema {
    /// The subschema itself, for what is said about it.
    func value(of node: Int) -> JSONValue {
        let node = nodes[node]
        // impossible: nodes are made from values of their document only
        return documents[Int(node.document)].root.document.value(at: Int(node.location))!
    }

    /// Where a keyword of a subschema stands.
    func path(of node: Int, _ keyword: String) -> String {
        let node = nodes[node]
        let document = documents[Int(node.document)]
        let pointer = JSONPointer.path(to: Int(node.location), in: document.root)
        return document.uri + "#" + pointer + (keyword.isEmpty ? "" : "/" + keyword)
    }
}
