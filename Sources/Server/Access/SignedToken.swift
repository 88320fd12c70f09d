import JSON

/// A JSON Web Token in compact form (RFC 7515), taken apart; nothing of it is believed yet.
struct SignedToken: Sendable {
    let algorithm: TokenAlgorithm
    let keyID: String?
    /// What is signed.
    let message: [UInt8]
    let signature: [UInt8]
    private let payload: [UInt8]

    private static let limits = JSONLimits(maxDepth: 16, maxBytes: 64 << 10)

    /// - Parameter algorithms: those that are accepted.
    init(_ text: String, algorithms: Set<TokenAlgorithm>) throws(TokenRefusal) {
        let bytes = Array(text.utf8)
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Base64URL.decoded(parts[0]), let payload = Base64URL.decoded(parts[1]),
            let signature = Base64URL.decoded(parts[2])
        else { throw TokenRefusal("the token is not a signed JWT") }
        guard let root = try? JSONDocument(header, limits: Self.limits).root, root.kind == .object, !root.hasDuplicateKeys else {
            throw TokenRefusal("the header of the token is not valid")
        }
        guard let name = root["alg"]?.string, let algorithm = TokenAlgorithm(rawValue: name), algorithms.contains(algorithm) else {
            throw TokenRefusal("the algorithm of the token is not accepted")
        }
        guard root["crit"] == nil else { throw TokenRefusal("the token demands an extension that is not known here") }
        if let type = root["typ"] {
            guard let name = type.string?.lowercased(), ["jwt", "at+jwt", "application/at+jwt"].contains(name) else {
                throw TokenRefusal("the token is of another type")
            }
        }
        if let id = root["kid"] {
            guard let text = id.string else { throw TokenRefusal("the header of the token is not valid") }
            keyID = text
        } else {
            keyID = nil
        }
        self.algorithm = algorithm
        self.payload = payload
        self.signature = signature
        message = Array(bytes[..<parts[1].endIndex])
    }

    /// The claims; believe them only after the signature was checked.
    func claims() throws(TokenRefusal) -> TokenClaims {
        guard let root = try? JSONDocument(payload, limits: Self.limits).root, root.kind == .object, !root.hasDuplicateKeys else {
            throw TokenRefusal("the claims of the token are not valid")
        }
        return try TokenClaims(root)
    }
}
