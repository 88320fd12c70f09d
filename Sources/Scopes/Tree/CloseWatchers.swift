/// Who wants to hear that a scope has closed. The first one, nearly always the only one, costs no array.
struct CloseWatchers {
    typealias Watcher = @Sendable (Report) -> Void

    private var first: Watcher?
    private var others: [Watcher] = []

    var isEmpty: Bool { first == nil }

    mutating func append(_ watcher: @escaping Watcher) {
        if first == nil { first = watcher } else { others.append(watcher) }
    }

    /// All of them, once.
    mutating func take() -> CloseWatchers {
        defer { self = CloseWatchers() }
        return self
    }

    /// In the order in which they came.
    func tell(_ report: Report) {
        first?(report)
        for other in others { other(report) }
    }
}
