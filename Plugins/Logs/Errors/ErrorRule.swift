/// How one kind of error looks in output: where it begins, what belongs to it, and what it says. Read from `errors.yaml`.
struct ErrorRule: Sendable {
    let name: String
    let language: String
    let isWarning: Bool
    let startText: String
    /// The line that it begins with.
    let start: LinePattern
    /// Further lines that belong to it; nil: it is one line.
    let more: LinePattern?
    /// The line that ends it and belongs to it.
    let end: LinePattern?
    /// Looked for in its lines for type and message.
    let message: LinePattern?
    /// Looked for in its lines for file, line and column; those that `foreign` matches only where there is no other.
    let place: LinePattern?
    let foreign: LinePattern?
    /// Message and place are those of its last line that has some, not of its first.
    let isFromLast: Bool
    let maxLines: Int
}
