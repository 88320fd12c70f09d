internal import CAmbit

/// `ambit.metrics/1`.
enum MetricsExtension {
    static var table: ambit_host_metrics {
        var table = ambit_host_metrics()
        table.define = { host, kind, name, help, out, error in
            crossing(error) { () throws(Refusal) in
                let instance = try HostExtensions.instance(host)
                let out = try UnsafeMutablePointer.required(out, "out")
                guard let kind = Instrument.Kind(rawValue: kind) else {
                    throw .invalid("kind is \(kind), which this host does not know")
                }
                let number = try instance.services.metrics.define(
                    kind, try name.string("name"), help: try help.string("help"), plugin: instance.name)
                // 0 is no metric.
                out.pointee = ambit_metric(number + 1)
            }
        }
        table.add = { host, metric, value in
            crossing { () throws(Refusal) in
                let instrument = try MetricsExtension.find(host, metric)
                guard value.isFinite, value >= 0 || instrument.kind != .counter else {
                    throw .invalid("the value \(value) can't be added: a counter only grows, and no metric is infinite")
                }
                instrument.add(value)
            }
        }
        table.set = { host, metric, value in
            crossing { () throws(Refusal) in
                let instrument = try MetricsExtension.find(host, metric)
                guard instrument.kind == .gauge, value.isFinite else { throw .invalid("only a gauge is set, and to a finite value") }
                instrument.set(value)
            }
        }
        return table
    }

    private static func find(_ host: ambit_host_handle, _ metric: ambit_metric) throws(Refusal) -> Instrument {
        let instance = try HostExtensions.instance(host)
        guard metric > 0, let instrument = instance.services.metrics.instrument(Int(metric) - 1, plugin: instance.name) else {
            throw Refusal(.notFound, "there is no metric \(metric): define gives its number")
        }
        return instrument
    }
}
