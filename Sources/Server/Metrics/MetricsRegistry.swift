package import Metrics
import Scopes

/// Metrics that libraries of this process report through swift-metrics, in memory. Bounded: what comes after `maximalSeries` is counted
/// nowhere, and its number is shown.
package final class MetricsRegistry: MetricsFactory {
    /// Names with different labels count apart.
    static let maximalSeries = 512

    struct Key: Hashable {
        let name: String
        let labels: [String]
    }

    enum Instrument {
        case counter(RegisteredCounter)
        case gauge(RegisteredGauge)
        case histogram(RegisteredHistogram)
    }

    struct Series {
        let name: String
        let labels: [Exposition.Label]
        let instrument: Instrument
    }

    private struct State {
        var series: [Key: Series] = [:]
        var refused = 0
    }

    private let state = Lock(State())

    package init() {}

    /// In order of names and labels.
    func all() -> [Series] {
        state.withLock { $0.series }.sorted { ($0.key.name, $0.key.labels.joined()) < ($1.key.name, $1.key.labels.joined()) }.map(\.value)
    }

    /// Instruments that found no place.
    var refused: Int { state.withLock { $0.refused } }

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        let new = RegisteredCounter()
        guard case .counter(let known) = find(label, dimensions, .counter(new)) else { return new }
        return known
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        let new = RegisteredGauge()
        guard case .gauge(let known) = find(label, dimensions, .gauge(new)) else { return new }
        return known
    }

    package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        if aggregate {
            let new = RegisteredHistogram(bounds: Histogram.powers)
            guard case .histogram(let known) = find(label, dimensions, .histogram(new)) else { return new }
            return known
        }
        let new = RegisteredGauge()
        guard case .gauge(let known) = find(label, dimensions, .gauge(new)) else { return new }
        return known
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        let new = RegisteredHistogram(bounds: Histogram.seconds)
        guard case .histogram(let known) = find(label, dimensions, .histogram(new)) else { return new }
        return known
    }

    // Libraries hold their instruments; a series stays, so that what was counted is not counted anew.
    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyMeter(_ handler: any MeterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}

    /// The instrument of that name and labels: the one that is there, or the new one. Of another kind, or beyond the bound: the new one, which
    /// nobody reads.
    private func find(_ label: String, _ dimensions: [(String, String)], _ new: Instrument) -> Instrument {
        let labels = dimensions.map { (name: Exposition.name($0.0), value: $0.1) }.sorted { $0.name < $1.name }
        let key = Key(name: Exposition.name(label), labels: labels.flatMap { [$0.name, $0.value] })
        return state.withLock { state in
            if let known = state.series[key] { return known.instrument }
            guard state.series.count < Self.maximalSeries else {
                state.refused += 1
                return new
            }
            state.series[key] = Series(name: key.name, labels: labels, instrument: new)
            return new
        }
    }
}
