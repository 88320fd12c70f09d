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
    init?(_ configuration: AmbitConfiguration, path: String = "/mcp", problem: (SettingProblem) -> Void) {
        let access = configuration.access
        var isGood = true
        func wrong(_ found: SettingProblem) {
            isGood = false
            problem(found)
        }
        token = access.token.isEmpty ? nil : TokenDigest(access.token)
        func scope(_ name: String, _ key: String, _ index: Int) {
            guard !ScopeRules.isScope(name) else { return }
            wrong(SettingProblem(key, element: index, "has '\(name)', which is no scope; expected \(ScopeRules.expected)"))
        }
        func scopeList(_ names: [String], _ key: String) {
            for (index, name) in names.enumerated() { scope(name, key, index) }
        }
        func mapping(_ entries: [String], _ key: String, _ expected: String) -> [(String, [String])] {
            entries.enumerated().compactMap { index, entry in
                guard let equals = entry.firstIndex(of: "="), equals != entry.startIndex else {
                    wrong(SettingProblem(key, element: index, "has '\(entry)'; expected something \(expected)"))
                    return nil
                }
                let scopes = entry[entry.index(after: equals)...].split(separator: " ").map(String.init)
                for name in scopes { scope(name, key, index) }
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

    private static func signed(_ configuration: AmbitConfiguration, _ path: String, _ wrong: (SettingProblem) -> Void) -> Signed? {
        let access = configuration.access
        guard access.acceptsSigned else {
            for problem in withoutIssuer(access) { wrong(problem) }
            return nil
        }
        if access.issuer.contains(where: { $0 == " " || $0.isNewline }) {
            wrong(SettingProblem("auth-issuer", "is '\(access.issuer)'; expected a URL, without spaces"))
        }
        let source = Self.source(access, wrong)
        let names = access.algorithms.isEmpty ? TokenAlgorithm.names : access.algorithms
        let algorithms = names.enumerated().compactMap { index, name -> TokenAlgorithm? in
            guard let found = TokenAlgorithm(rawValue: name) else {
                let expected = TokenAlgorithm.names.joined(separator: ", ")
                wrong(SettingProblem("auth-algorithms", element: index, "has '\(name)', which is none of \(expected)"))
                return nil
            }
            return found
        }
        let uri = access.resource.isEmpty ? standardResource(configuration, path) : access.resource
        let resource = uri.flatMap { ResourceURI($0) }
        if uri == nil {
            wrong(
                SettingProblem(
                    "auth-issuer", "needs 'auth-resource': the URL that clients know this server by, like https://tools.example/mcp",
                    others: ["auth-resource", "host", "port"]))
        } else if resource == nil {
            let expected = "an http or https URL without query, like https://tools.example/mcp"
            wrong(SettingProblem("auth-resource", "is '\(access.resource)'; expected \(expected)"))
        }
        guard let source, let resource else { return nil }
        return Signed(
            rules: TokenRules(
                issuer: access.issuer, resource: resource, algorithms: Set(algorithms), leeway: Double(access.leeway) / 1e9),
            keys: source, servers: access.servers.isEmpty ? [access.issuer] : access.servers)
    }

    /// What has no effect without an issuer, whose absence would be noticed when it is too late.
    private static func withoutIssuer(_ access: AccessConfiguration) -> [SettingProblem] {
        var given: [(String, String)] = []
        if !access.keys.isEmpty { given.append(("auth-keys", "the issuer that the keys belong to")) }
        if !access.keysAuthorities.isEmpty { given.append(("auth-keys-ca", "the issuer whose keys are fetched")) }
        if !access.servers.isEmpty { given.append(("auth-servers", "the issuer of their tokens")) }
        if !access.algorithms.isEmpty { given.append(("auth-algorithms", "the issuer of the tokens that are signed with them")) }
        let scopes = [
            ("auth-scopes", access.scopes), ("auth-tools", access.tools), ("auth-implied", access.implied),
            ("auth-operator-scopes", access.operators),
        ]
        for (name, values) in scopes where !values.isEmpty { given.append((name, "only tokens of an issuer have scopes")) }
        return given.map { SettingProblem($0.0, "needs 'auth-issuer': \($0.1)", others: ["auth-issuer"]) }
    }

    private static func source(_ access: AccessConfiguration, _ wrong: (SettingProblem) -> Void) -> KeyRing.Source? {
        guard !access.keys.isEmpty else {
            let text = "needs 'auth-keys': a file with a JSON Web Key Set, or the https URL of one"
            wrong(SettingProblem("auth-issuer", text, others: ["auth-keys"]))
            return nil
        }
        guard access.keys.contains("://") else { return .file(access.keys) }
        let source = DocumentURL(access.keys).map { KeyRing.Source.url($0) }
        if source == nil {
            wrong(SettingProblem("auth-keys", "is '\(access.keys)'; expected an https URL (http only on this machine), or a file"))
        }
        return source
    }

    /// Nil where clients can't know the server by its address.
    private static func standardResource(_ configuration: AmbitConfiguration, _ path: String) -> String? {
        let host = configuration.host
        guard configuration.port != 0, !["0.0.0.0", "::", "::0"].contains(host) else { return nil }
        let name = host.contains(":") ? "[\(host)]" : host
        return "\(configuration.tls.isOn ? "https" : "http")://\(name):\(configuration.port)\(path)"
    }
}
