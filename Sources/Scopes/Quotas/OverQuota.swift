/// Somebody has as much as they may have at once (S14). What was given up or pinned counts until it has ended (S9).
public struct OverQuota: Error, Sendable, Equatable, CustomStringConvertible {
    /// What there is too much of: "resources", "scopes", or the name of a kind.
    public let quota: String
    public let limit: Int
    /// Whose quota it is: "plugin clock", "principal x", "scope server/plugin clock#1".
    public let owner: String

    package init(quota: String, limit: Int, owner: String) {
        self.quota = quota
        self.limit = limit
        self.owner = owner
    }

    public var description: String {
        "\(owner) has \(limit) \(quota) already, the most that it may have at once; end some of them first"
    }
}
