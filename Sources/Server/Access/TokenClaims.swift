import JSON

/// The claims of a token that matter to a resource server (RFC 9068, RFC 7519). Times in seconds of the Unix epoch.
struct TokenClaims: Equatable {
    var issuer: String
    var subject: String
    var audience: [String]
    var expiry: Double
    var notBefore: Double?
    var scopes: [String]

    init(issuer: String, subject: String, audience: [String], expiry: Double, notBefore: Double? = nil, scopes: [String] = []) {
        self.issuer = issuer
        self.subject = subject
        self.audience = audience
        self.expiry = expiry
        self.notBefore = notBefore
        self.scopes = scopes
    }

    init(_ json: JSONValue) throws(TokenRefusal) {
        guard let issuer = json["iss"]?.string else { throw TokenRefusal("the token names no issuer") }
        guard let subject = json["sub"]?.string, !subject.isEmpty else { throw TokenRefusal("the token names no subject") }
        guard let expiry = json["exp"]?.double, expiry.isFinite else { throw TokenRefusal("the token has no expiry") }
        guard let audience = json["aud"].map({ Self.texts($0) }) ?? [] else { throw TokenRefusal("the audience of the token is not valid") }
        self.issuer = issuer
        self.subject = subject
        self.audience = audience
        self.expiry = expiry
        if let time = json["nbf"] {
            guard let value = time.double, value.isFinite else { throw TokenRefusal("the token has no valid beginning") }
            notBefore = value
        }
        // `scp` is what several authorization servers write instead.
        guard let scopes = (json["scope"] ?? json["scp"]).map({ Self.texts($0) }) ?? [] else {
            throw TokenRefusal("the scopes of the token are not valid")
        }
        self.scopes = scopes.flatMap { $0.split(separator: " ").map(String.init) }
    }

    /// One text, or an array of them; nil for anything else.
    private static func texts(_ value: JSONValue) -> [String]? {
        if let text = value.string { return [text] }
        guard value.kind == .array else { return nil }
        var texts: [String] = []
        for element in value.elements {
            guard let text = element.string else { return nil }
            texts.append(text)
        }
        return texts
    }
}
