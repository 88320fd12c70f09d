/// The defence against DNS rebinding: a page in a browser may neither name this server by a foreign name (Host) nor
/// call it from a foreign page (Origin). DIGEST section 4.
package struct HostGuard: Sendable {
    package enum Verdict: Sendable, Equatable {
        case allowed
        /// Host is missing, repeated, malformed or not ours.
        case misdirected
        /// Origin is present and not allowed; `null` never is.
        case forbiddenOrigin

        /// The status to refuse with; nil when allowed.
        package var httpStatus: Int? {
            switch self {
            case .allowed: nil
            case .misdirected: 421
            case .forbiddenOrigin: 403
            }
        }
    }

    private let hosts: [Authority]
    private let origins: [Origin]
    private let loopback: Bool

    /// - Parameters:
    ///   - hosts: further names of this server, `name` (any port) or `name:port`.
    ///   - origins: pages that may call it, `https://name` or with a port. Malformed entries never match; `problems` names them.
    ///   - loopback: whether localhost, 127.0.0.1 and [::1] are its names, and pages served from them welcome.
    package init(hosts: [String] = [], origins: [String] = [], loopback: Bool = true) {
        self.hosts = hosts.compactMap { Authority($0) }
        self.origins = origins.compactMap { Origin($0) }
        self.loopback = loopback
    }

    /// Whether this can be a name of the server: `name` or `name:port`. Anything else never matches.
    package static func isHost(_ text: String) -> Bool { Authority(text) != nil }

    /// Whether this can be the origin of a page: `https://name` or `http://name`, with a port where it is not the usual one.
    package static func isOrigin(_ text: String) -> Bool { Origin(text) != nil }

    /// - Parameters: all values of the two headers, one element for each line.
    package func check(host: [String], origin: [String]) -> Verdict {
        guard host.count == 1, let authority = Authority(HeaderValue.trimmed(host[0])), isOurs(authority) else {
            return .misdirected
        }
        guard !origin.isEmpty else { return .allowed }
        guard origin.count == 1, let page = Origin(HeaderValue.trimmed(origin[0])), isWelcome(page) else {
            return .forbiddenOrigin
        }
        return .allowed
    }

    /// The Origin, if it is one that was listed; that of a page from this machine alone is not.
    package func listedOrigin(_ origin: [String]) -> String? {
        guard origin.count == 1 else { return nil }
        let text = HeaderValue.trimmed(origin[0])
        guard let page = Origin(text), origins.contains(where: { $0 == page }) else { return nil }
        return text
    }

    private func isOurs(_ authority: Authority) -> Bool {
        if loopback, authority.isLoopback { return true }
        return hosts.contains { $0.name == authority.name && ($0.port == nil || $0.port == authority.port) }
    }

    private func isWelcome(_ page: Origin) -> Bool {
        if loopback, page.authority.isLoopback { return true }
        return origins.contains { $0 == page }
    }

    /// `name`, `name:port`, `[v6]` or `[v6]:port`; the name in lower case.
    private struct Authority: Equatable {
        let name: String
        var port: UInt16?

        init?(_ text: String) {
            let lower = text.lowercased()
            var rest = Substring(lower)
            if lower.hasPrefix("[") {
                guard let end = lower.firstIndex(of: "]") else { return nil }
                name = String(lower[...end])
                guard name.utf8.dropFirst().dropLast().allSatisfy(Self.isAddressByte), name.utf8.count > 2 else {
                    return nil
                }
                rest = lower[lower.index(after: end)...]
            } else {
                let end = lower.firstIndex(of: ":") ?? lower.endIndex
                name = String(lower[..<end])
                guard !name.isEmpty, name.utf8.allSatisfy(Self.isNameByte) else { return nil }
                rest = lower[end...]
            }
            guard !rest.isEmpty else { return }
            guard rest.first == ":", rest.dropFirst().utf8.allSatisfy({ 0x30...0x39 ~= $0 }),
                let number = UInt16(rest.dropFirst())
            else { return nil }
            port = number
        }

        var isLoopback: Bool { ["localhost", "127.0.0.1", "[::1]"].contains(name) }

        private static func isNameByte(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                UInt8(ascii: "."), UInt8(ascii: "_"):
                true
            default: false
            }
        }

        private static func isAddressByte(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: ":"),
                UInt8(ascii: "."):
                true
            default: false
            }
        }
    }

    /// `scheme://authority`, with the scheme's own port filled in.
    private struct Origin: Equatable {
        let scheme: String
        let authority: Authority

        init?(_ text: String) {
            let lower = text.lowercased()
            guard let scheme = ["https", "http"].first(where: { lower.hasPrefix("\($0)://") }) else { return nil }
            guard var authority = Authority(String(lower.dropFirst(scheme.count + 3))) else { return nil }
            authority.port = authority.port ?? (scheme == "https" ? 443 : 80)
            self.scheme = scheme
            self.authority = authority
        }
    }
}
