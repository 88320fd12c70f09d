internal import Synchronization

/// Counts what scopes own, by kind, in O(1) and without a lock (S15). Always on.
package final class Ledger: Sendable {
    static let maximalKinds = 256

    package struct KindTotals: Sendable {
        package let name: String
        package let opened: Int
        package let released: Int
        package let abandoned: Int
        package let failed: Int
        /// How many were ever kept for something that was given up (S9), and how many are kept now; those are live.
        package let pinned: Int
        package let pinnedNow: Int
        /// What exists now.
        package var live: Int { opened - released - abandoned }
    }

    struct Cell: ~Copyable, Sendable {
        let opened = Atomic<Int>(0)
        let released = Atomic<Int>(0)
        let abandoned = Atomic<Int>(0)
        let failed = Atomic<Int>(0)
        let pinned = Atomic<Int>(0)
        let unpinned = Atomic<Int>(0)
    }

    /// Allocated once for the life of the ledger; cells are atomics.
    private nonisolated(unsafe) let cells: UnsafeMutablePointer<Cell>
    private let named = Lock<[String: Int]>([:])
    private let scopes = Cell()

    package init() {
        cells = .allocate(capacity: Self.maximalKinds)
        for index in 0..<Self.maximalKinds { (cells + index).initialize(to: Cell()) }
    }

    deinit {
        cells.deinitialize(count: Self.maximalKinds)
        cells.deallocate()
    }

    func scopeOpened() { scopes.opened.wrappingAdd(1, ordering: .relaxed) }
    func scopeClosed() { scopes.released.wrappingAdd(1, ordering: .relaxed) }

    func opened(_ kind: Kind) { cells[kind.index].opened.wrappingAdd(1, ordering: .relaxed) }
    func released(_ kind: Kind) { cells[kind.index].released.wrappingAdd(1, ordering: .relaxed) }
    func abandoned(_ kind: Kind) { cells[kind.index].abandoned.wrappingAdd(1, ordering: .relaxed) }
    func failed(_ kind: Kind) { cells[kind.index].failed.wrappingAdd(1, ordering: .relaxed) }

    func pinned(_ kind: Kind) { cells[kind.index].pinned.wrappingAdd(1, ordering: .relaxed) }
    func unpinned(_ kind: Kind) { cells[kind.index].unpinned.wrappingAdd(1, ordering: .relaxed) }

    private static func read(_ name: String, _ cell: borrowing Cell) -> KindTotals {
        // Released before opened: a reader never sees fewer opened than released.
        let released = cell.released.load(ordering: .acquiring)
        let abandoned = cell.abandoned.load(ordering: .acquiring)
        let unpinned = cell.unpinned.load(ordering: .acquiring)
        let pinned = cell.pinned.load(ordering: .relaxed)
        return KindTotals(
            name: name, opened: cell.opened.load(ordering: .acquiring), released: released, abandoned: abandoned,
            failed: cell.failed.load(ordering: .relaxed), pinned: pinned, pinnedNow: pinned - unpinned)
    }

    /// Totals of all kinds in order of their registration, `scope` first.
    package func totals() -> [KindTotals] {
        var result = [Self.read("scope", scopes)]
        for (index, name) in Kind.names().enumerated() { result.append(Self.read(name, cells[index])) }
        return result
    }

    /// What exists now of a kind, 0 for an unknown name.
    package func gauge(_ kindName: String) -> Int {
        totals().first { $0.name == kindName }?.live ?? 0
    }

    /// Adds to a named monotonic counter (events dropped, late answers …). Takes a lock: not for hot paths.
    package func count(_ name: StaticString, _ delta: Int = 1) {
        let key = "\(name)"
        named.withLock { $0[key, default: 0] += delta }
    }

    /// The named counters in alphabetic order.
    package func counters() -> [(String, Int)] {
        named.withLock { $0 }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}

/// Something that could not be stopped and was given up (S9).
package struct Abandonment: Sendable {
    /// Path of its scope.
    package let scope: String
    package let kind: String
    package let label: String
    package let ageNanoseconds: Int64
    /// Label of the plugin scope that it belongs to, nil if there is none.
    package let plugin: String?
}
