/// Which members or elements of one value were evaluated: a bit for each, in the storage of the check.
struct MarkFrame: BitwiseCopyable {
    let first: Int
    let words: Int

    /// Nobody asks.
    static let none = MarkFrame(first: 0, words: -1)

    var isOpen: Bool { words >= 0 }
}
