extension ScopeSnapshot {
    /// A line for each scope and each resource.
    package var text: String {
        var lines: [String] = []
        appendLines(to: &lines, prefix: "", branch: "")
        return lines.joined(separator: "\n") + "\n"
    }

    /// The same with only so many levels of scopes below this one.
    package func cut(below depth: Int) -> ScopeSnapshot {
        var result = self
        result.children = depth == 0 ? [] : children.map { $0.cut(below: depth - 1) }
        return result
    }
}
