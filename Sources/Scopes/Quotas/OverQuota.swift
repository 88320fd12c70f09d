/// Somebody has as much as they may have at once (S14). What was given up or pinned counts until it has ended (S9).
public struct OverQuota: Error, Sendable, Equatable, CustomStringConvertible {
    /// What there is too much of: "resources", "scopes", or the name of a kind.
    public let quota: String
    public let limit: Int
    /// Whose quota it is: "plugin clock", "principal x", "scope server/plugin clock#1".
    public let owner: String
    /// The setting that changes the limit; nil: it is fixed.
    public let setting: String?

    package init(quota: String, limit: Int, owner: String, setting: String? = nil) {
        self.quota = quota
        self.limit = limit
        self.owner = owner
        self.setting = setting
    }

    public var description: String {
        let source = setting.map { " (\($0))" } ?? ""
        return "\(owner) has \(limit) \(quota) already, the most that it may have at once\(source); end some of them first"
    }
}
