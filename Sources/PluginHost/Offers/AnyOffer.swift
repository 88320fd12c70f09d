/// An offer whatever it is, as the catalogue handles it.
protocol AnyOffer: AnyObject, Sendable {
    var plugin: PluginInstance { get }
    var kind: Catalog.Kind { get }
    var label: String { get }
    /// In a sentence.
    var described: String { get }

    /// Who has its name already.
    func taken(in shelves: Shelves, for whom: Catalog.Audience) -> (any AnyOffer)?
    func add(to shelves: inout Shelves, for whom: Catalog.Audience, stamp: UInt64)
    /// False when it was not there.
    func remove(from shelves: inout Shelves, of whom: Catalog.Audience, stamp: UInt64) -> Bool
}
