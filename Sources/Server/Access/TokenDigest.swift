import CLinux

/// SHA-256 of a token: what is kept of it, and what is compared, in a time that tells nothing.
struct TokenDigest: Hashable, Sendable {
    private let words: Words

    private struct Words: Hashable, Sendable {
        var a: UInt64 = 0
        var b: UInt64 = 0
        var c: UInt64 = 0
        var d: UInt64 = 0
    }

    init(_ token: String) {
        var hash = ambit_linux_sha256()
        ambit_linux_sha256_init(&hash)
        var token = token
        token.withUTF8 { ambit_linux_sha256_update(&hash, $0.baseAddress, $0.count) }
        var words = Words()
        withUnsafeMutableBytes(of: &words) {
            ambit_linux_sha256_final(&hash, $0.baseAddress!.assumingMemoryBound(to: UInt8.self))
        }
        self.words = words
    }

    /// In constant time.
    func isSame(_ other: TokenDigest) -> Bool {
        (words.a ^ other.words.a) | (words.b ^ other.words.b) | (words.c ^ other.words.c) | (words.d ^ other.words.d) == 0
    }
}
