import Synchronization

/// A number that goes up and down, for people and tests to read.
package struct Gauge: ~Copyable, Sendable {
    private let count = Atomic<Int>(0)

    package init() {}

    package var value: Int { count.load(ordering: .relaxed) }

    package func add(_ amount: Int = 1) { count.wrappingAdd(amount, ordering: .relaxed) }

    package func subtract(_ amount: Int = 1) { count.wrappingSubtract(amount, ordering: .relaxed) }
}
