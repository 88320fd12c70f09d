import JSON

extension ResourceDefinition {
    /// The scheme of what the host itself offers.
    package static let hostScheme = "ambit:"
    /// Bytes of a URI that is listed or read.
    package static let maximalURI = 8192

    /// What keeps it from being offered, one sentence each; empty when it is fine.
    package func problems() -> [String] { Self.problems(uri: uri, name: name, icons: icons) }

    static func problems(uri: String, name: String, icons: JSONValue?) -> [String] {
        var problems: [String] = []
        if !isURI(uri) { problems.append("'\(uri)' is not an absolute URI") }
        if uri.lowercased().hasPrefix(hostScheme) { problems.append("URIs that begin with '\(hostScheme)' are the host's") }
        if name.utf8.allSatisfy({ $0 <= 0x20 }) { problems.append("the name is empty") }
        if let icons, icons.kind != .array { problems.append("icons must be an array") }
        return problems
    }

    /// Whether it is an absolute URI of RFC 3986, and not too long.
    package static func isURI(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return bytes.count <= maximalURI && URIFormat.accepts(bytes[...], allowingUnicode: false, allowingRelative: false)
    }
}
