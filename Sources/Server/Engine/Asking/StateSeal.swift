internal import CSodium
import Scopes

/// Seals what a client carries from one request to the next (`requestState`, DIGEST 1.8): encrypted and authenticated with XChaCha20-Poly1305, under a
/// key that this process alone has, or those that share its secret. Nothing of it can be read or changed outside, and it opens only for the request that it was made for.
final class StateSeal: Sendable {
    private static let prefix = "v1."
    private let secret: String
    /// Made when it is first needed, and the library with it: most servers never seal anything.
    private let made = Lock<[UInt8]?>(nil)

    /// - Parameter secret: what servers have in common that are to open each other's; empty: this one's alone, with a key that it forgets.
    init(secret: String = "") { self.secret = secret }

    private var key: [UInt8] {
        made.withLock { made in
            let key = made ?? Self.key(secret)
            made = key
            return key
        }
    }

    private static func key(_ secret: String) -> [UInt8] {
        precondition(sodium_init() >= 0, "libsodium finds no random numbers")
        return [UInt8](unsafeUninitializedCapacity: keySize) { buffer, count in
            if secret.isEmpty {
                randombytes_buf(buffer.baseAddress!, keySize)
            } else {
                let (text, purpose) = (Array(secret.utf8), Array("ambit requestState v1".utf8))
                crypto_generichash(buffer.baseAddress!, keySize, text, UInt64(text.count), purpose, purpose.count)
            }
            count = keySize
        }
    }

    private static let keySize = Int(crypto_aead_xchacha20poly1305_ietf_KEYBYTES)
    private static let nonceSize = Int(crypto_aead_xchacha20poly1305_ietf_NPUBBYTES)
    private static let tagSize = Int(crypto_aead_xchacha20poly1305_ietf_ABYTES)

    /// - Parameter binding: what it opens for, not secret; the same bytes open it.
    func seal(_ text: [UInt8], for binding: [UInt8]) -> String {
        let key = key
        var sealed = [UInt8](repeating: 0, count: Self.nonceSize + text.count + Self.tagSize)
        sealed.withUnsafeMutableBufferPointer { sealed in
            guard let nonce = sealed.baseAddress else { return }
            randombytes_buf(nonce, Self.nonceSize)
            crypto_aead_xchacha20poly1305_ietf_encrypt(
                nonce + Self.nonceSize, nil, text, UInt64(text.count), binding, UInt64(binding.count), nil, nonce, key)
        }
        return Self.prefix + Self.encoded(sealed)
    }

    /// Nil: it was not made here, not for this, or was changed on the way.
    func open(_ sealed: String, for binding: [UInt8]) -> [UInt8]? {
        guard sealed.hasPrefix(Self.prefix), let bytes = Self.decoded(Array(sealed.utf8.dropFirst(Self.prefix.utf8.count))),
            bytes.count >= Self.nonceSize + Self.tagSize
        else { return nil }
        let key = key
        let size = bytes.count - Self.nonceSize - Self.tagSize
        var text = [UInt8](repeating: 0, count: max(size, 1))
        let code = bytes.withUnsafeBufferPointer { bytes -> Int32 in
            guard let nonce = bytes.baseAddress else { return -1 }
            return crypto_aead_xchacha20poly1305_ietf_decrypt(
                &text, nil, nil, nonce + Self.nonceSize, UInt64(bytes.count - Self.nonceSize), binding, UInt64(binding.count), nonce, key)
        }
        guard code == 0 else { return nil }
        return Array(text.prefix(size))
    }

    private static func encoded(_ bytes: [UInt8]) -> String {
        let size = sodium_base64_encoded_len(bytes.count, Int32(sodium_base64_VARIANT_URLSAFE_NO_PADDING))
        return String(unsafeUninitializedCapacity: size) { buffer in
            buffer.withMemoryRebound(to: CChar.self) { buffer in
                _ = sodium_bin2base64(buffer.baseAddress!, size, bytes, bytes.count, Int32(sodium_base64_VARIANT_URLSAFE_NO_PADDING))
            }
            return size - 1
        }
    }

    private static func decoded(_ text: [UInt8]) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: text.count / 4 * 3 + 3)
        var size = 0
        let code = text.withUnsafeBufferPointer { text in
            text.withMemoryRebound(to: CChar.self) { text in
                sodium_base642bin(
                    &bytes, bytes.count, text.baseAddress!, text.count, nil, &size, nil, Int32(sodium_base64_VARIANT_URLSAFE_NO_PADDING))
            }
        }
        return code == 0 ? Array(bytes.prefix(size)) : nil
    }
}
