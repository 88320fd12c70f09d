import MCP

/// What the server keeps for clients between their requests, suspended calls or tasks: how many and how many bytes, for all and for each
/// principal. A pure value; its owner locks.
///
/// No principal has more than half of either, whatever the limits are. Clients without a name can't be told apart: for them only the whole counts.
struct KeptShares: Sendable {
    /// Why no more is kept.
    enum Excess: Sendable, Equatable {
        case all(Int)
        case principal(Int)
        case bytes(Int)
        case bytesOfPrincipal(Int)

        /// - Parameters:
        ///   - what: in the plural, such as `tasks`.
        ///   - setting: of their number; that of bytes is fixed.
        func limit(_ what: String, setting: String) -> ReachedLimit {
            switch self {
            case .all(let most): ReachedLimit("\(most) \(what) are kept", value: most, setting: setting)
            case .principal(let most): ReachedLimit("\(most) \(what) of this client are kept", value: most, setting: setting, isOfOne: true)
            case .bytes(let most): ReachedLimit("\(what) would take more than \(most) bytes", value: most, setting: nil)
            case .bytesOfPrincipal(let most):
                ReachedLimit("\(what) of this client would take more than \(most) bytes", value: most, setting: nil, isOfOne: true)
            }
        }
    }

    private struct Share: Sendable {
        var count = 0
        var bytes = 0
    }

    private let limit: Share
    private let ofPrincipal: Share
    private var all = Share()
    private var byPrincipal: [String: Share] = [:]

    init(all: Int, perPrincipal: Int, bytes: Int) {
        limit = Share(count: all, bytes: bytes)
        ofPrincipal = Share(count: min(perPrincipal, max(1, all / 2)), bytes: bytes / 2)
    }

    var bytes: Int { all.bytes }

    /// One more of so many bytes, unless that is too much.
    mutating func take(_ bytes: Int, of principal: String) -> Excess? {
        guard all.count < limit.count else { return .all(limit.count) }
        guard principal.isEmpty || byPrincipal[principal, default: Share()].count < ofPrincipal.count else {
            return .principal(ofPrincipal.count)
        }
        if let excess = excess(bytes, of: principal) { return excess }
        change(1, bytes, of: principal)
        return nil
    }

    /// One of them takes so many bytes more, unless that is too much. Fewer never are.
    mutating func grow(_ bytes: Int, of principal: String) -> Excess? {
        if bytes > 0, let excess = excess(bytes, of: principal) { return excess }
        change(0, bytes, of: principal)
        return nil
    }

    mutating func giveBack(_ bytes: Int, of principal: String) { change(-1, -bytes, of: principal) }

    private func excess(_ bytes: Int, of principal: String) -> Excess? {
        guard bytes <= limit.bytes - all.bytes else { return .bytes(limit.bytes) }
        guard principal.isEmpty || bytes <= ofPrincipal.bytes - byPrincipal[principal, default: Share()].bytes else {
            return .bytesOfPrincipal(ofPrincipal.bytes)
        }
        return nil
    }

    private mutating func change(_ count: Int, _ bytes: Int, of principal: String) {
        all.count += count
        all.bytes += bytes
        guard !principal.isEmpty else { return }
        var share = byPrincipal[principal, default: Share()]
        share.count += count
        share.bytes += bytes
        // Whoever has none is not remembered.
        byPrincipal[principal] = share.count > 0 ? share : nil
    }
}
