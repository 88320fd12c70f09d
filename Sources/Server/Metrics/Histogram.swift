import Synchronization
import Transport

/// How often values lie in which range, and their sum. Atomics only.
final class Histogram: Sendable {
    /// Upper bounds of the buckets, growing; a last one without a bound follows.
    let bounds: [Double]
    private let buckets: CounterRow
    /// Bit pattern of a double.
    private let total = Atomic<UInt64>(0)

    /// For durations, in seconds: from an inline tool to the longest call.
    static let seconds: [Double] = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 3600]
    /// For what has no unit.
    static let powers: [Double] = (0...9).map { Double(1 << (3 * $0)) }

    init(bounds: [Double]) {
        self.bounds = bounds
        buckets = CounterRow(count: bounds.count + 1)
    }

    func record(_ value: Double) {
        var bucket = 0
        while bucket < bounds.count, value > bounds[bucket] { bucket += 1 }
        buckets.add(bucket)
        var old = total.load(ordering: .relaxed)
        while true {
            let (exchanged, seen) = total.weakCompareExchange(
                expected: old, desired: (Double(bitPattern: old) + value).bitPattern, ordering: .relaxed)
            if exchanged { return }
            old = seen
        }
    }

    var counts: [Int] { (0...bounds.count).map { buckets.value($0) } }
    var sum: Double { Double(bitPattern: total.load(ordering: .relaxed)) }
}
