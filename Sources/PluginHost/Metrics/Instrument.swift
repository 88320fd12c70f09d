internal import Synchronization

/// What a plugin counts or measures under one name. Atomics only: any thread adds, any thread reads.
package final class Instrument: Sendable {
    package enum Kind: Int32, Sendable {
        /// Only grows.
        case counter = 0
        case gauge = 1
        case histogram = 2
    }

    package let name: String
    package let help: String
    package let kind: Kind
    /// Upper bounds of a histogram's buckets, growing; what is above the last is in the sum and the count only.
    package let bounds: [Double]
    /// Bit patterns of doubles: the value, or the sum of a histogram.
    private let total = Atomic<UInt64>(0)
    private let buckets: [Bucket]

    private final class Bucket: Sendable {
        let count = Atomic<UInt64>(0)
    }

    init(name: String, help: String, kind: Kind) {
        self.name = name
        self.help = help
        self.kind = kind
        bounds = kind == .histogram ? (name.hasSuffix("_bytes") ? Self.byteBounds : Self.bounds) : []
        buckets = kind == .histogram ? (0...bounds.count).map { _ in Bucket() } : []
    }

    /// For durations in seconds and whatever else has no unit of its own.
    private static let bounds: [Double] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300]
    /// 256 bytes to 1 GiB.
    private static let byteBounds: [Double] = (4...15).map { Double(1 << ($0 * 2)) }

    func add(_ value: Double) {
        if kind == .histogram {
            buckets[bounds.firstIndex { value <= $0 } ?? bounds.count].count.wrappingAdd(1, ordering: .relaxed)
        }
        var old = total.load(ordering: .relaxed)
        while true {
            let new = (Double(bitPattern: old) + value).bitPattern
            let (exchanged, seen) = total.compareExchange(expected: old, desired: new, ordering: .relaxed)
            if exchanged { return }
            old = seen
        }
    }

    func set(_ value: Double) { total.store(value.bitPattern, ordering: .relaxed) }

    /// The value; of a histogram the sum.
    package var value: Double { Double(bitPattern: total.load(ordering: .relaxed)) }

    /// How many values lie in each bucket, and last those above all bounds.
    package var counts: [UInt64] { buckets.map { $0.count.load(ordering: .relaxed) } }
}
