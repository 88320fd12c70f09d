/// What became of a message that was handed to a bounded queue.
package enum SendStatus: Sendable, Equatable {
    case queued
    /// Not taken: the client reads too slowly. `whenWritable` says when to try again.
    case full
    /// Not taken: the exchange is over or the client is gone.
    case closed
}
