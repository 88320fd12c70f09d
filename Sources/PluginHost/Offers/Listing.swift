/// What one client is offered of one sort, at one moment.
package struct Listing<Definition: OfferDefinition>: Sendable {
    /// In the order of loading; what one session only is offered comes last.
    package let offers: [Offer<Definition>]
    /// It is the same for everybody.
    package let isShared: Bool
    /// Other numbers after each change; those of another run of the server are none of this one.
    package let shared: UInt64
    package let own: UInt64
}
