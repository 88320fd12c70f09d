/// Who runs and who waits in a serial group (A8): one at a time, in order, bounded. Pure.
struct SerialQueue<Item> {
    enum Entry { case run, queued, full }

    let limit: Int
    private(set) var isBusy = false
    private var waiting: [Item] = []

    init(limit: Int) { self.limit = limit }

    var depth: Int { waiting.count }

    mutating func enter(_ item: Item) -> Entry {
        guard isBusy else {
            isBusy = true
            return .run
        }
        guard waiting.count < limit else { return .full }
        waiting.append(item)
        return .queued
    }

    /// The one that ran has ended: the next may run.
    mutating func leave() -> Item? {
        guard isBusy else { return nil }
        if waiting.isEmpty {
            isBusy = false
            return nil
        }
        return waiting.removeFirst()
    }

    /// Takes out one that waits; false when it does not.
    mutating func withdraw(where matches: (Item) -> Bool) -> Bool {
        guard let index = waiting.firstIndex(where: matches) else { return false }
        waiting.remove(at: index)
        return true
    }
}
extension SerialQueue: Sendable where Item: Sendable {}
