import Scopes

/// Keeps secrets out of logs: values whose key says so, assignments inside texts, and whatever came from `${file:}` or `${env:}`.
enum SecretMask {
    static let replacement = "****"
    /// What must not be shown anywhere, the longest first, so that one that contains another is masked as a whole.
    private static let hidden = Lock<[String]>([])
    /// Shorter ones would mask parts of ordinary words.
    private static let shortest = 4
    private static let words = ["token", "secret", "password", "passwd", "apikey", "api_key", "api-key", "credential", "authorization"]

    /// Whether a value under this key must not be shown: a word of the list anywhere in it, or `key` as a part of its own
    /// (`AWS_KEY`, `key`, not `monkey`).
    static func isSecret(_ key: String) -> Bool {
        let key = key.lowercased()
        if words.contains(where: { contains(key, $0) }) { return true }
        return key.split(whereSeparator: { !$0.isLetter && !$0.isNumber }).contains("key")
    }

    static func mask(_ value: String, forKey key: String) -> String { isSecret(key) ? replacement : mask(value) }

    /// From here on these texts are masked wherever they appear; for the life of the process, as are the secrets.
    static func hide(_ secrets: [String]) {
        let secrets = secrets.filter { $0.utf8.count >= shortest }
        guard !secrets.isEmpty else { return }
        hidden.withLock { hidden in
            hidden = Set(hidden + secrets).sorted { ($1.utf8.count, $0) < ($0.utf8.count, $1) }
        }
    }

    /// Masks what follows `name=` where the name says that it is a secret: environments and command lines in texts.
    static func mask(_ text: String) -> String {
        var text = text
        for secret in hidden.withLock({ $0 }) where text.contains(secret) { text.replace(secret, with: replacement) }
        return maskAssignments(text)
    }

    private static func maskAssignments(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "=")) else { return text }
        var result = ""
        var rest = Substring(text)
        while let equals = rest.firstIndex(of: "=") {
            let before = rest[..<equals]
            let name = before.reversed().prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }.reversed()
            result += before
            result += "="
            rest = rest[rest.index(after: equals)...]
            guard isSecret(String(name)) else { continue }
            let end: Substring.Index
            if let quote = rest.first, quote == "\"" || quote == "'" {
                let inner = rest.dropFirst()
                end = inner.firstIndex(of: quote).map { rest.index(after: $0) } ?? rest.endIndex
            } else {
                end = rest.firstIndex { $0 == " " || $0 == "," || $0 == ";" || $0 == "\t" || $0 == "&" } ?? rest.endIndex
            }
            if end > rest.startIndex { result += replacement }
            rest = rest[end...]
        }
        return result + rest
    }

    private static func contains(_ text: String, _ word: String) -> Bool {
        let text = Array(text.utf8)
        let word = Array(word.utf8)
        guard text.count >= word.count else { return false }
        return (0...(text.count - word.count)).contains { text[$0..<($0 + word.count)].elementsEqual(word) }
    }
}
