import Transport

/// A configuration of access that was found good. Pure: reads no file.
struct AccessRules: Sendable {
    struct Signed: Sendable {
        let rules: TokenRules
        let keys: KeyRing.Source
        let servers: [String]
    }

    let token: TokenDigest?
    /// Nil: no tokens but the one.
    let signed: Signed?
    let scopes: ScopeRules

    /// - Parameter problem: told everything that is wrong; then nil is returned.
    init?(_ configuration: AmbitConfiguration, path: String = "/mcp", problem: (String) -> Void) {
        let access = configuration.access
        var isGood = true
        func wrong(_ text: String) {
            isGood = false
            problem(text)
        }
        token = access.token.isEmpty ? nil : TokenDigest(access.token)
        func scopeList(_ names: [String], _ key: String) {
            for name in names where !ScopeRules.isScope(name) { wrong("'\(key)': '\(name)' can't be a scope") }
        }
        func mapping(_ entries: [String], _ key: String, _ expected: String) -> [(String, [String])] {
            entries.compactMap { entry in
                guard let equals = entry.firstIndex(of: "="), equals != entry.startIndex else {
                    wrong("'\(key)': '\(entry)' is not \(expected)")
                    return nil
                }
                let scopes = entry[entry.index(after: equals)...].split(separator: " ").map(String.init)
                scopeList(scopes, key)
                return (String(entry[..<equals]), scopes)
            }
        }
        scopeList(access.scopes, "auth-scopes")
        scopeList(access.operators, "auth-operator-scopes")
        scopes = ScopeRules(
            required: access.scopes,
            tools: mapping(access.tools, "auth-tools", "like 'logs_*=logs:read'").map { (ScopePattern($0.0), $0.1) },
            implied: Dictionary(mapping(access.implied, "auth-implied", "like 'admin=logs:read logs:write'")) { $0 + $1 },
            operators: access.operators)
        signed = Self.signed(configuration, path, wrong)
        guard isGood else { return nil }
    }

    private static func signed(_ configuration: AmbitConfiguration, _ path: String, _ wrong: (String) -> Void) -> Signed? {
        let access = configuration.access
        guard access.acceptsSigned else {
            if !access.keys.isEmpty { wrong("'auth-keys' needs 'auth-issuer', the issuer that the keys belong to") }
            return nil
        }
        if access.issuer.contains(where: { $0 == " " || $0.isNewline }) { wrong("'auth-issuer' has a space; expected a URL") }
        let source: KeyRing.Source?
        if access.keys.isEmpty {
            wrong("'auth-issuer' needs 'auth-keys': a file with a JSON Web Key Set, or the https URL of one")
            source = nil
        } else if access.keys.contains("://") {
            source = DocumentURL(access.keys).map { .url($0) }
            if source == nil { wrong("'auth-keys' is '\(access.keys)'; expected an https URL (http only on this machine), or a file") }
        } else {
            source = .file(access.keys)
        }
        let names = access.algorithms.isEmpty ? TokenAlgorithm.names : access.algorithms
        let algorithms = names.compactMap { name -> TokenAlgorithm? in
            guard let found = TokenAlgorithm(rawValue: name) else {
                wrong("'auth-algorithms': '\(name)' is none of \(TokenAlgorithm.names.joined(separator: ", "))")
                return nil
            }
            return found
        }
        let uri = access.resource.isEmpty ? standardResource(configuration, path) : access.resource
        let resource = uri.flatMap { ResourceURI($0) }
        if uri == nil {
            wrong("'auth-issuer' needs 'auth-resource': the URL that clients know this server by, like https://tools.example/mcp")
        } else if resource == nil {
            wrong("'auth-resource' is '\(access.resource)'; expected an http or https URL without query, like https://tools.example/mcp")
        }
        guard let source, let resource else { return nil }
        return Signed(
            rules: TokenRules(
                issuer: access.issuer, resource: resource, algorithms: Set(algorithms), leeway: Double(access.leeway) / 1e9),
            keys: source, servers: access.servers.isEmpty ? [access.issuer] : access.servers)
    }

    /// Nil where clients can't know the server by its address.
    private static func standardResource(_ configuration: AmbitConfiguration, _ path: String) -> String? {
        let host = configuration.host
        guard configuration.port != 0, !["0.0.0.0", "::", "::0"].contains(host) else { return nil }
        let name = host.contains(":") ? "[\(host)]" : host
        return "\(configuration.tls.isOn ? "https" : "http")://\(name):\(configuration.port)\(path)"
    }
}
