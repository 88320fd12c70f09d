/// Who a request is from, as its credential proves. The credential itself stays with the transport: nothing behind it, plugins least of
/// all, ever sees a token.
package final class Identity: Sendable {
    /// Stable id of issuer and subject; whatever belongs to somebody (sessions, handles, quotas) is bound to it. Never empty.
    package let principal: String
    /// What it may do, with everything that these scopes imply; nil: everything.
    package let scopes: Set<String>?
    /// When the credential ends, Unix epoch, nanoseconds; nil: never.
    package let expiry: Int64?

    package init(principal: String, scopes: Set<String>? = nil, expiry: Int64? = nil) {
        self.principal = principal
        self.scopes = scopes
        self.expiry = expiry
    }

    package func has(_ wanted: some Sequence<String>) -> Bool {
        guard let scopes else { return true }
        return wanted.allSatisfy { scopes.contains($0) }
    }
}
