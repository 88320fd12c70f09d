import Transport

/// What is counted of one tool's calls: a few atomics for each.
final class ToolMetrics: Sendable {
    let durations = Histogram(bounds: Histogram.seconds)
    private let ends = CounterRow(count: CallEnd.allCases.count)

    func ended(_ end: CallEnd, nanoseconds: Int64) {
        ends.add(end.rawValue)
        durations.record(Double(nanoseconds) / 1e9)
    }

    func count(_ end: CallEnd) -> Int { ends.value(end.rawValue) }
}
