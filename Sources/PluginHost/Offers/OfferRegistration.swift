internal import MCP
internal import Scopes

/// An offer's place in the catalog, owned by the plugin's scope: its name is withdrawn before anything else happens (S6).
final class OfferRegistration: Resource, @unchecked Sendable {  // constants only
    private let offer: any AnyOffer
    private let catalog: Catalog

    init(_ offer: any AnyOffer, _ catalog: Catalog) {
        self.offer = offer
        self.catalog = catalog
        super.init(.registration, label: offer.label)
    }

    override func quiesce(_ reason: Reason) { catalog.withdraw(offer, from: .everybody) }

    override func release(_ reason: Reason) { catalog.withdraw(offer, from: .everybody) }
}
