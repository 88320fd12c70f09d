import Metrics
import Synchronization

/// See `MetricsRegistry`: the last value.
final class RegisteredGauge: MeterHandler, RecorderHandler {
    /// Bit pattern of a double.
    private let bits = Atomic<UInt64>(0)

    var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }

    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }
    func record(_ value: Int64) { set(value) }
    func record(_ value: Double) { set(value) }
    func increment(by amount: Double) { change(amount) }
    func decrement(by amount: Double) { change(-amount) }

    private func change(_ amount: Double) {
        var old = bits.load(ordering: .relaxed)
        while true {
            let (exchanged, seen) = bits.weakCompareExchange(
                expected: old, desired: (Double(bitPattern: old) + amount).bitPattern, ordering: .relaxed)
            if exchanged { return }
            old = seen
        }
    }
}
