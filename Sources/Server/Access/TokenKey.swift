import JSON

/// A public key of a JSON Web Key Set (RFC 7517), as far as signatures of tokens go.
struct TokenKey: Sendable {
    /// `kid`; nil where the key has none.
    let id: String?
    /// `RSA`, or the curve.
    let type: String
    /// `alg`: the only algorithm that it may be used with; nil: any that goes with its type.
    let algorithm: String?
    let key: Signatures.Key

    /// A set with more keys is refused: nobody signs with so many.
    static let most = 64

    /// The keys of a set that can check signatures; others (for encryption, symmetric, of an unknown type) are left out. Nil where the bytes
    /// are no key set, or no key of it is of use.
    static func parse(_ bytes: [UInt8], _ signatures: Signatures) -> [TokenKey]? {
        guard let root = try? JSONDocument(bytes, limits: JSONLimits(maxDepth: 16)).root, !root.hasDuplicateKeys,
            let list = root["keys"], list.kind == .array, list.count <= most
        else { return nil }
        let keys = list.elements.compactMap { TokenKey($0, signatures) }
        return keys.isEmpty ? nil : keys
    }

    private init?(_ json: JSONValue, _ signatures: Signatures) {
        guard json.kind == .object, !json.hasDuplicateKeys, let kty = json["kty"]?.string else { return nil }
        if let use = json["use"], use.string != "sig" { return nil }
        if let uses = json["key_ops"], !uses.elements.contains(where: { $0.isString("verify" as StaticString) }) { return nil }
        let type: String
        let names: (first: StaticString, second: StaticString?)
        switch (kty, json["crv"]?.string) {
        case ("RSA", _): (type, names) = ("RSA", ("n", "e"))
        case ("EC", let curve?) where ["P-256", "P-384", "P-521"].contains(curve): (type, names) = (curve, ("x", "y"))
        case ("OKP", "Ed25519"): (type, names) = ("Ed25519", ("x", nil))
        default: return nil
        }
        guard let first = json[names.first]?.string.flatMap({ Base64URL.decoded($0.utf8) }), !first.isEmpty else { return nil }
        var second: [UInt8] = []
        if let name = names.second {
            guard let bytes = json[name]?.string.flatMap({ Base64URL.decoded($0.utf8) }), !bytes.isEmpty else { return nil }
            second = bytes
        }
        guard let key = signatures.key(type: type, first: first, second: second) else { return nil }
        id = json["kid"]?.string
        self.type = type
        algorithm = json["alg"]?.string
        self.key = key
    }

    func fits(_ algorithm: TokenAlgorithm) -> Bool {
        type == algorithm.keyType && (self.algorithm == nil || self.algorithm == algorithm.rawValue)
    }
}
