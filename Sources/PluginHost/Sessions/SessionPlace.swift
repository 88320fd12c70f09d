/// Against whose limits a session counts.
struct SessionPlace: Sendable {
    /// Empty: a client without a name.
    let principal: String
    /// For which plugin a handle is minted.
    let plugin: String?
}
