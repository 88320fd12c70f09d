/// Instruments for operators: they stand on the server's /metrics under the plugin's name. At most 64; the same name gives the same one.
///
/// Names are `[a-z][a-z0-9_]{0,63}`; the unit belongs into the name.
public struct Metrics: Sendable {
    let runtime: HostRuntime

    /// A number that only grows.
    public struct Counter: Sendable {
        let instrument: Instrument
        /// - Parameter value: 0 or more.
        public func add(_ value: Double = 1) { instrument.add(value) }
    }

    /// A number that goes up and down.
    public struct Gauge: Sendable {
        let instrument: Instrument
        public func add(_ value: Double) { instrument.add(value) }
        public func set(_ value: Double) { _ = instrument.table.set(instrument.host, instrument.metric, value) }
    }

    /// How often values of which size occur, in whatever unit the name says.
    public struct Histogram: Sendable {
        let instrument: Instrument
        public func record(_ value: Double) { instrument.add(value) }
    }

    struct Instrument: Sendable {
        let metric: ambit_metric
        let host: ambit_host_handle
        let table: ambit_host_metrics

        func add(_ value: Double) { _ = table.add(host, metric, value) }
    }

    public func counter(_ name: String, _ help: String) throws(AmbitError) -> Counter {
        Counter(instrument: try define(AMBIT_METRIC_COUNTER, name, help))
    }

    public func gauge(_ name: String, _ help: String) throws(AmbitError) -> Gauge {
        Gauge(instrument: try define(AMBIT_METRIC_GAUGE, name, help))
    }

    public func histogram(_ name: String, _ help: String) throws(AmbitError) -> Histogram {
        Histogram(instrument: try define(AMBIT_METRIC_HISTOGRAM, name, help))
    }

    private func define(_ kind: Int, _ name: String, _ help: String) throws(AmbitError) -> Instrument {
        let table = try runtime.tables.offered(\.metrics, AMBIT_EXT_METRICS)
        var metric: ambit_metric = 0
        try AmbitError.check { error in
            name.withAmbitText { name in
                help.withAmbitText { table.define(runtime.handle, Int32(kind), name, $0, &metric, error) }
            }
        }
        return Instrument(metric: metric, host: runtime.handle, table: table)
    }
}

extension Host {
    public var metrics: Metrics { Metrics(runtime: runtime) }
}
