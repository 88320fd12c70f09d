import Synchronization

/// A row of counters that only grow, fixed in number. Atomics only: any thread adds, any thread reads.
package final class CounterRow: Sendable {
    package let count: Int
    /// Allocated once for the life of the row; cells are atomics.
    private nonisolated(unsafe) let cells: UnsafeMutablePointer<Atomic<Int>>

    package init(count: Int) {
        self.count = count
        cells = .allocate(capacity: count)
        for index in 0..<count { (cells + index).initialize(to: Atomic(0)) }
    }

    deinit {
        cells.deinitialize(count: count)
        cells.deallocate()
    }

    package func add(_ index: Int, _ amount: Int = 1) {
        guard 0..<count ~= index else { return }
        cells[index].wrappingAdd(amount, ordering: .relaxed)
    }

    package func value(_ index: Int) -> Int { cells[index].load(ordering: .relaxed) }
}
