/// How much one owner may have at once (S14). Immutable, shared by all accounts that it holds for.
package final class QuotaLimits: Sendable {
    /// Of all kinds together.
    package let resources: Int
    package let scopes: Int
    package let kinds: [(kind: Kind, most: Int)]
    /// By the index of a kind: which of `kinds` it is, plus one; 0: none. Shorter where the last kinds have no limit.
    private let places: [UInt8]

    package init(resources: Int = .max, scopes: Int = .max, kinds: [(kind: Kind, most: Int)] = []) {
        self.resources = resources
        self.scopes = scopes
        self.kinds = kinds
        var places = [UInt8](repeating: 0, count: (kinds.map(\.kind.index).max() ?? -1) + 1)
        for (index, limit) in kinds.enumerated() { places[limit.kind.index] = UInt8(index + 1) }
        self.places = places
    }

    /// Which of `kinds` limits this kind.
    func place(of kind: Kind) -> Int? {
        guard kind.index < places.count, places[kind.index] > 0 else { return nil }
        return Int(places[kind.index]) - 1
    }
}
