import Metrics

/// See `MetricsRegistry`: durations in seconds, or values without a unit.
final class RegisteredHistogram: RecorderHandler, TimerHandler {
    let histogram: Histogram

    init(bounds: [Double]) { histogram = Histogram(bounds: bounds) }

    func record(_ value: Int64) { histogram.record(Double(value)) }
    func record(_ value: Double) { histogram.record(value) }
    func recordNanoseconds(_ duration: Int64) { histogram.record(Double(duration) / 1e9) }
}
