/// A folder that the client works in.
public struct Root: Equatable, Sendable {
    /// Usually "file:///…".
    public let uri: String
    public let name: String?

    static func list(_ result: JSON) throws(AmbitError) -> [Root] {
        guard let roots = result["roots"]?.array else { throw AmbitError(.failed, "the client's answer has no roots") }
        return roots.compactMap { root in
            root["uri"]?.string.map { Root(uri: $0, name: root["name"]?.string) }
        }
    }
}

extension Answer {
    /// The result of a question for roots; throws like `result`.
    public var roots: [Root] {
        get throws(AmbitError) { try Root.list(try result) }
    }
}
