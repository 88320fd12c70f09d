/// The canonical URI of a protected resource (RFC 8707, RFC 9728): scheme and host in lower case, no fragment, no query, no slash at the end,
/// and no port that the scheme implies.
struct ResourceURI: Sendable, Equatable, CustomStringConvertible {
    /// `https://name:port`.
    let origin: String
    /// Empty, or begins with a slash.
    let path: String

    var description: String { origin + path }

    /// As in a Host header.
    var authority: String { String(origin.drop { $0 != "/" }.dropFirst(2)) }

    /// Nil for anything but http and https.
    init?(_ text: String) {
        guard let colon = text.firstRange(of: "://") else { return nil }
        let scheme = text[..<colon.lowerBound].lowercased()
        guard scheme == "https" || scheme == "http" else { return nil }
        let rest = text[colon.upperBound...]
        let end = rest.firstIndex(of: "/") ?? rest.endIndex
        var authority = rest[..<end].lowercased()
        guard !authority.isEmpty, authority.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
            !authority.contains(where: { "@?#\\\"".contains($0) })
        else { return nil }
        let implied = scheme == "https" ? ":443" : ":80"
        if authority.hasSuffix(implied) { authority.removeLast(implied.count) }
        guard !authority.isEmpty else { return nil }
        var path = String(rest[end...])
        guard path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !path.contains(where: { "?#\\\"".contains($0) }) else { return nil }
        if path.hasSuffix("/") { path.removeLast() }
        origin = "\(scheme)://\(authority)"
        self.path = path
    }

    /// Where its metadata is: `/.well-known/oauth-protected-resource` before the path (RFC 9728 section 3.1).
    var metadata: String { "\(origin)\(Self.wellKnown)\(path)" }

    static let wellKnown = "/.well-known/oauth-protected-resource"
}
