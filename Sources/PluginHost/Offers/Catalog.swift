internal import MCP
internal import Scopes

/// What is offered now, in the order of loading: tools, resources, templates and prompts; and what one session only is offered (A13).
///
/// Offers enter with their plugin or by a registration of their own, and leave when the scope that owns them begins to close (quiesce).
/// Readers share one snapshot.
package final class Catalog: Sendable {
    /// Which list has changed, as far as clients are told apart.
    package enum Kind: Sendable, Hashable, CaseIterable { case tools, resources, prompts }

    /// Who is offered something.
    package enum Audience: Sendable, Hashable {
        case everybody
        /// The one with this key.
        case session(UInt64)
    }

    package struct Change: Sendable, Hashable {
        package let kind: Kind
        package let audience: Audience

        package init(_ kind: Kind, _ audience: Audience) {
            self.kind = kind
            self.audience = audience
        }
    }

    /// What reading a URI gives has changed.
    package struct ResourceUpdate: Sendable, Hashable {
        package let uri: String
        package let audience: Audience
    }

    struct State: Sendable {
        var shelves = Shelves()
        /// Begins anywhere, so that what another run of the server has handed out means nothing here.
        var stamp = UInt64.random(in: 1...UInt64.max / 2)
        var watchers: [@Sendable (Set<Change>) -> Void] = []
        var updateWatchers: [@Sendable (Set<ResourceUpdate>) -> Void] = []
        /// What the watchers are not told of yet.
        var changes: Set<Change> = []
        var updates: Set<ResourceUpdate> = []
    }
    let state = Lock(State())
    let executor: ThreadExecutor

    init(_ executor: ThreadExecutor) { self.executor = executor }

    // MARK: - Offering

    /// Offers all that a plugin always has, or nothing.
    func register(_ offers: Offers, of plugin: PluginInstance) throws(PluginError) {
        let all = offers.all
        if let (wanted, owner) = offer(all, to: .everybody) {
            throw PluginError(
                path: plugin.path, what: Self.taken(wanted, owner),
                howToMend: "rename one of them, or load only one of the two plugins")
        }
        var registered = 0
        do throws(AcquireError) {
            for offer in all {
                try plugin.scope.add(OfferRegistration(offer, self))
                registered += 1
            }
        } catch {
            // Those that are registered are withdrawn by the close that is under way.
            for offer in all.dropFirst(registered) { withdraw(offer, from: .everybody) }
            throw PluginError(path: plugin.path, what: "it was closed while it was loaded", howToMend: "")
        }
    }

    /// Why an offer can't have its name.
    static func taken(_ wanted: any AnyOffer, _ owner: any AnyOffer) -> String {
        "\(wanted.described) of '\(wanted.plugin.name)' is offered by '\(owner.plugin.name)' (\(owner.plugin.path)) already"
    }

    /// Offers to everybody or to one session: all, or none, and the one whose name is taken with its owner.
    func offer(_ offers: [any AnyOffer], to whom: Audience) -> (wanted: any AnyOffer, owner: any AnyOffer)? {
        guard !offers.isEmpty else { return nil }
        let taken = state.withLock { state -> (wanted: any AnyOffer, owner: any AnyOffer)? in
            for offer in offers {
                if let owner = offer.taken(in: state.shelves, for: whom) { return (offer, owner) }
            }
            state.stamp += 1
            for offer in offers { offer.add(to: &state.shelves, for: whom, stamp: state.stamp) }
            return nil
        }
        if taken == nil { announce(Set(offers.map { Change($0.kind, whom) })) }
        return taken
    }

    func withdraw(_ offer: any AnyOffer, from whom: Audience) {
        if whom == .everybody, Fault.isOn("register-under-load") { return }
        let changed = state.withLock { state -> Bool in
            guard offer.remove(from: &state.shelves, of: whom, stamp: state.stamp + 1) else { return false }
            state.stamp += 1
            return true
        }
        if changed { announce([Change(offer.kind, whom)]) }
    }
}
