/// What a scan leaves behind: one entry for each value and each key, in the order of the text.
///
/// The storage is reused by the next scan, so a warm tape costs no allocation. It holds positions only: it is
/// of use together with the bytes that it was made from (``JSONDocument`` keeps the two together).
package struct JSONTape: Sendable {
    var entries: [Entry]
    /// Whether white space stands between tokens, so that a compact copy differs from the slice.
    var hasInnerWhitespace = false

    package init(reserving: Int = 0) {
        entries = []
        entries.reserveCapacity(reserving)
    }

    /// Values and keys on the tape.
    package var count: Int { entries.count }

    mutating func removeAll() {
        entries.removeAll(keepingCapacity: true)
        hasInnerWhitespace = false
    }
}
