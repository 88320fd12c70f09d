/// A resource stays where it is (S11).
package enum PromotionError: Error, Sendable, CustomStringConvertible {
    /// It is not acquired yet, or it ends.
    case notOwned
    /// The scope with this path is not above the one that owns it.
    case notAbove(String)
    /// The scope with this path is not of the plugin generation that the resource belongs to.
    case outsideGeneration(String)
    /// Either scope closes, or the upper one is full.
    case refused(AcquireError)

    package var description: String {
        switch self {
        case .notOwned: "only what is acquired and does not end can be promoted"
        case .notAbove(let path): "\(path) is not above the scope that owns it: promote it to one of its scope's owners"
        case .outsideGeneration(let path): "\(path) outlives the plugin: nothing is promoted beyond the scope of its plugin"
        case .refused(let error): error.description
        }
    }
}
