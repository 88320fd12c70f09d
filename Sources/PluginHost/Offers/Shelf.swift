/// Offers of one sort: those for everybody, and those for one session each. A value; it belongs to the catalogue's lock.
package struct Shelf<Definition: OfferDefinition>: Sendable {
    struct Section: Sendable {
        /// In the order of offering.
        var offers: [Offer<Definition>] = []
        var byKey: [String: Offer<Definition>] = [:]
        /// Another one after each change; 0: never changed.
        var stamp: UInt64 = 0
    }

    private(set) var shared = Section()
    /// By the session's key.
    private var ofSessions: [UInt64: Section] = [:]

    /// What one session is offered beside the rest; nil: nothing.
    func own(_ session: UInt64?) -> Section? {
        guard let session, !ofSessions.isEmpty else { return nil }
        return ofSessions[session]
    }

    /// - Parameter session: key of the one that asks.
    func find(_ key: String, for session: UInt64?) -> Offer<Definition>? { shared.byKey[key] ?? own(session)?.byKey[key] }

    /// Who has a key that is wanted for everybody or for one session. One key is never two offers to anybody.
    func owner(of key: String, for whom: Catalog.Audience) -> Offer<Definition>? {
        if let offer = shared.byKey[key] { return offer }
        switch whom {
        case .session(let session): return ofSessions[session]?.byKey[key]
        case .everybody:
            for own in ofSessions.values { if let offer = own.byKey[key] { return offer } }
            return nil
        }
    }

    mutating func add(_ offer: Offer<Definition>, for whom: Catalog.Audience, stamp: UInt64) {
        switch whom {
        case .everybody: shared.add(offer, stamp)
        case .session(let key): ofSessions[key, default: Section()].add(offer, stamp)
        }
    }

    mutating func remove(_ offer: Offer<Definition>, of whom: Catalog.Audience, stamp: UInt64) -> Bool {
        switch whom {
        case .everybody: return shared.remove(offer, stamp)
        case .session(let key):
            guard ofSessions[key]?.remove(offer, stamp) == true else { return false }
            if ofSessions[key]?.offers.isEmpty == true { ofSessions[key] = nil }
            return true
        }
    }
}

extension Shelf.Section {
    fileprivate mutating func add(_ offer: Offer<Definition>, _ stamp: UInt64) {
        offers.append(offer)
        byKey[offer.definition.key] = offer
        self.stamp = stamp
    }

    fileprivate mutating func remove(_ offer: Offer<Definition>, _ stamp: UInt64) -> Bool {
        guard byKey[offer.definition.key] === offer else { return false }
        byKey[offer.definition.key] = nil
        offers.removeAll { $0 === offer }
        self.stamp = stamp
        return true
    }
}
