internal import Crypto
internal import CryptoExtras

/// A public key that signatures of tokens are checked with. Immutable, and safe on any thread.
final class VerificationKey: Sendable {
    private enum Kind: Sendable {
        case rsa(_RSA.Signing.PublicKey)
        case p256(P256.Signing.PublicKey)
        case p384(P384.Signing.PublicKey)
        case p521(P521.Signing.PublicKey)
        case ed25519(Curve25519.Signing.PublicKey)
    }

    private let kind: Kind

    /// - Parameters:
    ///   - type: `RSA`, or the curve: `P-256`, `P-384`, `P-521`, `Ed25519`, as a JSON Web Key names them.
    ///   - first: modulus; x.
    ///   - second: exponent; y, empty for Ed25519.
    init?(type: String, first: [UInt8], second: [UInt8]) {
        let found: Kind? =
            switch type {
            case "RSA": (try? _RSA.Signing.PublicKey(n: first, e: second)).map { .rsa($0) }
            case "P-256": (try? P256.Signing.PublicKey(rawRepresentation: first + second)).map { .p256($0) }
            case "P-384": (try? P384.Signing.PublicKey(rawRepresentation: first + second)).map { .p384($0) }
            case "P-521": (try? P521.Signing.PublicKey(rawRepresentation: first + second)).map { .p521($0) }
            case "Ed25519": (try? Curve25519.Signing.PublicKey(rawRepresentation: first)).map { .ed25519($0) }
            default: nil
            }
        guard let found else { return nil }
        if case .rsa(let key) = found, !(2048...8192).contains(key.keySizeInBits) { return nil }
        kind = found
    }

    /// False, too, for an algorithm that does not go with the key.
    func accepts(_ signature: UnsafeRawBufferPointer, of message: UnsafeRawBufferPointer, algorithm: String) -> Bool {
        switch (kind, algorithm) {
        case (.rsa(let key), "RS256"): Self.rsa(key, signature, SHA256.hash(data: message), .insecurePKCS1v1_5)
        case (.rsa(let key), "RS384"): Self.rsa(key, signature, SHA384.hash(data: message), .insecurePKCS1v1_5)
        case (.rsa(let key), "RS512"): Self.rsa(key, signature, SHA512.hash(data: message), .insecurePKCS1v1_5)
        case (.rsa(let key), "PS256"): Self.rsa(key, signature, SHA256.hash(data: message), .PSS)
        case (.rsa(let key), "PS384"): Self.rsa(key, signature, SHA384.hash(data: message), .PSS)
        case (.rsa(let key), "PS512"): Self.rsa(key, signature, SHA512.hash(data: message), .PSS)
        case (.p256(let key), "ES256"):
            (try? P256.Signing.ECDSASignature(rawRepresentation: signature)).map {
                key.isValidSignature($0, for: SHA256.hash(data: message))
            } ?? false
        case (.p384(let key), "ES384"):
            (try? P384.Signing.ECDSASignature(rawRepresentation: signature)).map {
                key.isValidSignature($0, for: SHA384.hash(data: message))
            } ?? false
        case (.p521(let key), "ES512"):
            (try? P521.Signing.ECDSASignature(rawRepresentation: signature)).map {
                key.isValidSignature($0, for: SHA512.hash(data: message))
            } ?? false
        case (.ed25519(let key), "EdDSA"): key.isValidSignature(Array(signature), for: Array(message))
        default: false
        }
    }

    private static func rsa(
        _ key: _RSA.Signing.PublicKey, _ signature: UnsafeRawBufferPointer, _ digest: some Digest, _ padding: _RSA.Signing.Padding
    ) -> Bool {
        key.isValidSignature(_RSA.Signing.RSASignature(rawRepresentation: Array(signature)), for: digest, padding: padding)
    }
}
