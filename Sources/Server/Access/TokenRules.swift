/// What a token must claim to be for this server. Pure.
struct TokenRules: Sendable {
    let issuer: String
    /// Of this server (RFC 8707), in canonical form.
    let resource: ResourceURI
    let algorithms: Set<TokenAlgorithm>
    /// Clocks may differ by so many seconds.
    let leeway: Double

    /// - Parameter now: seconds of the Unix epoch.
    func check(_ claims: TokenClaims, now: Double) throws(TokenRefusal) {
        guard claims.issuer == issuer else { throw TokenRefusal("the token is from another issuer") }
        guard claims.audience.contains(where: { ResourceURI($0) == resource }) else {
            throw TokenRefusal("the token is not for this server")
        }
        guard now < claims.expiry + leeway else { throw TokenRefusal("the token has expired") }
        if let begin = claims.notBefore, now + leeway < begin { throw TokenRefusal("the token is not valid yet") }
    }
}
