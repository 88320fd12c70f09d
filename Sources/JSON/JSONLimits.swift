/// Bounds on what a document may make the scanner do. Crossing one is an error of its own kind, never a crash.
package struct JSONLimits: Sendable, Equatable {
    /// How many objects and arrays may be open at once.
    package var maxDepth: Int
    /// How many bytes a document may have, white space included. Never more than 4 GiB: the tape counts in 32 bits.
    package var maxBytes: Int

    package init(maxDepth: Int = 128, maxBytes: Int = 4 << 20) {
        self.maxDepth = maxDepth
        self.maxBytes = maxBytes
    }

    /// Depth 128 and 4 MiB, the defaults of the server's limits.
    package static let `default` = JSONLimits()

    /// For what this program has written itself: made of parts that were within their limits, it may be beyond them as a whole.
    package static let own = JSONLimits(maxDepth: 1 << 20, maxBytes: Int(UInt32.max))
}
