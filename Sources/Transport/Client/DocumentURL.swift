/// Where a small document is fetched from: https anywhere, http only from this machine.
package struct DocumentURL: Sendable, Equatable {
    package let isSecure: Bool
    package let host: String
    package let port: Int
    /// Path and query.
    package let target: String

    /// Nil for anything else.
    package init?(_ text: String) {
        let lower = text.lowercased()
        guard let scheme = ["https://", "http://"].first(where: { lower.hasPrefix($0) }) else { return nil }
        isSecure = scheme == "https://"
        let rest = text.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let target = rest.dropFirst(authority.count).prefix { $0 != "#" }
        guard !authority.contains("@"), text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        self.target = target.hasPrefix("/") ? String(target) : "/\(target)"
        var name = authority
        var tail: Substring = ""
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            name = authority[authority.index(after: authority.startIndex)..<end]
            tail = authority[authority.index(after: end)...]
        } else if let colon = authority.firstIndex(of: ":") {
            name = authority[..<colon]
            tail = authority[colon...]
        }
        guard !name.isEmpty, tail.isEmpty || tail.first == ":" else { return nil }
        guard let port = tail.isEmpty ? (isSecure ? 443 : 80) : Int(tail.dropFirst()), 1...65535 ~= port else { return nil }
        host = name.lowercased()
        self.port = port
        guard isSecure || Self.isLoopback(host) else { return nil }
    }

    /// As in a Host header.
    var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }

    /// Addresses have no place in the name that TLS sends.
    static func isAddress(_ host: String) -> Bool { host.contains(":") || host.split(separator: ".").allSatisfy { UInt8($0) != nil } }

    /// A name or address that never leaves this machine.
    package static func isLoopback(_ host: String) -> Bool {
        if host.lowercased() == "localhost" || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
