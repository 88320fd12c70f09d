/// Whether a stream has a client, as whoever serves it is told. That may come from several threads: the higher number is the later one.
struct StreamPresence: Sendable {
    let number: Int
    let isAway: Bool
    /// The client may know an id to come back with.
    let isNamed: Bool
    /// Nanoseconds after which it was told to come back.
    let retry: Int64
}
