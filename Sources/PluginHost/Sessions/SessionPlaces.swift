internal import Scopes

/// The places of sessions that are taken, those that are being opened included. A pure value; `Sessions` locks it.
struct SessionPlaces: Sendable {
    private let limits: SessionLimits
    private var all = 0
    private var byPrincipal: [String: Int] = [:]
    private var byPlugin: [String: Int] = [:]

    init(_ limits: SessionLimits) { self.limits = limits }

    /// Takes a place, or says which limit it would break.
    mutating func take(_ place: SessionPlace) -> OverQuota? {
        guard all < limits.all else {
            return OverQuota(quota: "sessions", limit: limits.all, owner: "this server", setting: "max-sessions")
        }
        let principal = place.principal
        if !principal.isEmpty, byPrincipal[principal, default: 0] >= limits.perPrincipal {
            return OverQuota(
                quota: "sessions", limit: limits.perPrincipal, owner: "principal \(principal)", setting: "max-sessions-per-principal")
        }
        if let plugin = place.plugin, byPlugin[plugin, default: 0] >= limits.handlesPerPlugin {
            return OverQuota(
                quota: "handles", limit: limits.handlesPerPlugin, owner: "plugin \(plugin)", setting: "max-handles-per-plugin")
        }
        all += 1
        if !principal.isEmpty { byPrincipal[principal, default: 0] += 1 }
        if let plugin = place.plugin { byPlugin[plugin, default: 0] += 1 }
        return nil
    }

    mutating func giveBack(_ place: SessionPlace) {
        all -= 1
        if !place.principal.isEmpty { Self.subtract(place.principal, from: &byPrincipal) }
        if let plugin = place.plugin { Self.subtract(plugin, from: &byPlugin) }
    }

    /// Whoever has none is not remembered.
    private static func subtract(_ owner: String, from counts: inout [String: Int]) {
        guard let count = counts[owner], count > 1 else {
            counts[owner] = nil
            return
        }
        counts[owner] = count - 1
    }
}
