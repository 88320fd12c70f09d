import CLinux
import PluginHost
import Scopes
import Transport

/// Everything that is counted of a server, as text for Prometheus. Read at the moment it is asked for: the ledger, the gauges and the
/// plugins are the truth, nothing is counted twice.
struct MetricsPage {
    private let server: Ambit
    private var out = Exposition()

    init(_ server: Ambit) { self.server = server }

    static let contentType: StaticString = "text/plain; version=0.0.4; charset=utf-8"

    /// The whole page.
    static func text(_ server: Ambit) -> String {
        var page = MetricsPage(server)
        page.build()
        page.ledger()
        page.traffic()
        page.calls()
        page.plugins()
        page.process()
        page.instrumentsOfPlugins()
        page.libraries()
        return page.out.text
    }

    private mutating func build() {
        out.family("ambit_build_info", .gauge, "This build; always 1.") { $0.add(1, [("version", Version.current)]) }
        let isOpen = server.scope.isOpen
        let isReady = server.engine.readiness.settled == .ready
        out.family("ambit_ready", .gauge, "1 while the server takes calls.") { $0.add(isOpen && isReady ? 1 : 0) }
    }

    private mutating func ledger() {
        let totals = server.runtime.ledger.totals()
        func each(_ name: String, _ kind: Exposition.Kind, _ help: String, _ value: (Ledger.KindTotals) -> Int) {
            out.family(name, kind, help) { samples in
                for total in totals { samples.add(value(total), [("kind", total.name)]) }
            }
        }
        each("ambit_live", .gauge, "What scopes own now, and scopes themselves.") { $0.live }
        each("ambit_opened_total", .counter, "What scopes have owned since the start.") { $0.opened }
        each("ambit_released_total", .counter, "What was released.") { $0.released }
        each("ambit_abandoned_total", .counter, "What did not end by its deadline and was given up.") { $0.abandoned }
        each("ambit_failed_total", .counter, "What failed while it was released.") { $0.failed }
        let counters = server.runtime.ledger.counters()
        out.family("ambit_events_total", .counter, "Rare events: drops, refusals, stalled clients, late answers.") { samples in
            for (name, value) in counters { samples.add(value, [("event", name)]) }
        }
    }

    private mutating func traffic() {
        let gauges = server.gauges
        let control = server.parts.withLock { $0.control?.gauges }
        out.family("ambit_sessions", .gauge, "Sessions and handles that live.") { $0.add(server.sessions.count) }
        out.family("ambit_streams", .gauge, "Responses that are event streams.") { $0.add(gauges.streams.value) }
        out.family("ambit_connections", .gauge, "MCP connections.") { $0.add(gauges.connections.value) }
        out.family("ambit_requests_in_flight", .gauge, "Requests that were read whole and are not answered.") {
            $0.add(gauges.exchanges.value)
        }
        out.family("ambit_queued_bytes", .gauge, "Bytes that wait for clients to read.") { samples in
            samples.add(gauges.queuedBytes.value, [("transport", "mcp")])
            if let control { samples.add(control.queuedBytes.value, [("transport", "control")]) }
        }
        let replay = server.engine.replayGauges
        out.family("ambit_replay_events", .gauge, "Events that are kept for clients that resume a stream.") { $0.add(replay.events.value) }
        out.family("ambit_replay_bytes", .gauge, "Bytes of the events that are kept for clients that resume a stream.") {
            $0.add(replay.bytes.value)
        }
        out.family("ambit_http_responses_total", .counter, "HTTP responses by status.") { samples in
            for index in 0..<gauges.responses.count where gauges.responses.value(index) > 0 {
                samples.add(gauges.responses.value(index), [("status", "\(index + 100)")])
            }
        }
    }

    private mutating func calls() {
        out.family("ambit_tasks", .gauge, "Calls that became tasks, finished ones that can be asked for included.") {
            $0.add(server.engine.tasks.count)
        }
        out.family("ambit_calls_in_flight", .gauge, "Calls whose handler has not finished.") { $0.add(server.engine.calls) }
        let accounts = server.engine.accounts.all()
        out.family("ambit_call_duration_seconds", .histogram, "Calls from their admission to their outcome.") { samples in
            for (tool, metrics) in accounts {
                let durations = metrics.durations
                samples.add(bounds: durations.bounds, counts: durations.counts, sum: durations.sum, [("tool", tool)])
            }
        }
        out.family("ambit_call_failures_total", .counter, "Calls that did not end with a good result, by how they ended.") { samples in
            for (tool, metrics) in accounts {
                for end in CallEnd.allCases where end != .ok && metrics.count(end) > 0 {
                    samples.add(metrics.count(end), [("tool", tool), ("code", end.code)])
                }
            }
        }
    }

    private mutating func plugins() {
        let plugins = server.host.instances
        let known = server.host.plugins
        out.family("ambit_plugin_info", .gauge, "Configured plugins and what became of them; always 1.") { samples in
            for plugin in known {
                samples.add(
                    1,
                    [
                        ("plugin", plugin.name ?? plugin.path), ("version", plugin.version ?? ""), ("generation", "\(plugin.generation)"),
                        ("state", plugin.state.rawValue),
                    ])
            }
        }
        func each(_ name: String, _ help: String, _ value: (PluginInstance) -> Int) {
            out.family(name, .gauge, help) { samples in
                // Two generations of a plugin may live at once: the older one drains.
                for plugin in plugins {
                    samples.add(value(plugin), [("plugin", plugin.name), ("generation", "\(PluginTable.generation(plugin))")])
                }
            }
        }
        each("ambit_plugin_handles", "Handles that a plugin holds.") { $0.handleCount }
        each("ambit_plugin_abandoned", "Work of a plugin that was given up and still runs.") { $0.abandonedCount }
        each("ambit_plugin_pinned", "Objects that are kept because abandoned work may touch them.") { $0.pinnedCount }
    }

    private mutating func process() {
        var usage = ambit_linux_usage()
        guard ambit_linux_process_usage(0, &usage) == 0 else { return }
        out.family("process_resident_memory_bytes", .gauge, "Resident memory.") { $0.add(Int(usage.resident_bytes)) }
        out.family("process_virtual_memory_bytes", .gauge, "Address space.") { $0.add(Int(usage.virtual_bytes)) }
        out.family("process_cpu_seconds_total", .counter, "CPU time, user and system.") {
            $0.add(Double(usage.cpu_user_ns + usage.cpu_system_ns) / 1e9)
        }
        out.family("process_open_fds", .gauge, "Open descriptors.") { $0.add(Int(ambit_linux_self_descriptors())) }
        out.family("process_threads", .gauge, "Threads.") { $0.add(Int(usage.threads)) }
        out.family("process_start_time_seconds", .gauge, "When the server was started, Unix time.") {
            $0.add(Double(server.startedAt) / 1e9)
        }
    }

    /// What plugins count themselves (`ambit.metrics/1`): `<plugin>_<name>`, counters with `_total`.
    private mutating func instrumentsOfPlugins() {
        for (plugin, instruments) in server.host.metrics.all() {
            for instrument in instruments {
                let name = Exposition.name("\(plugin)_\(instrument.name)")
                let help = instrument.help.isEmpty ? "Of the plugin \(plugin)." : instrument.help
                let labels = [(name: "plugin", value: plugin)]
                switch instrument.kind {
                case .counter: out.family(Self.total(name), .counter, help) { $0.add(instrument.value, labels) }
                case .gauge: out.family(name, .gauge, help) { $0.add(instrument.value, labels) }
                case .histogram:
                    let counts = instrument.counts.map { Int(clamping: $0) }
                    out.family(name, .histogram, help) {
                        $0.add(bounds: instrument.bounds, counts: counts, sum: instrument.value, labels)
                    }
                }
            }
        }
    }

    /// What libraries report through swift-metrics.
    private mutating func libraries() {
        let series = server.metrics.all()
        var start = 0
        while start < series.count {
            // Neighbours of one name and kind are one family.
            let first = series[start]
            var end = start + 1
            while end < series.count, series[end].name == first.name, Self.kind(series[end]) == Self.kind(first) { end += 1 }
            let name = Self.kind(first) == .counter ? Self.total(first.name) : first.name
            out.family(name, Self.kind(first), "Reported through swift-metrics.") { samples in
                for one in series[start..<end] {
                    switch one.instrument {
                    case .counter(let counter): samples.add(Int(counter.value), one.labels)
                    case .gauge(let gauge): samples.add(gauge.value, one.labels)
                    case .histogram(let recorded):
                        let histogram = recorded.histogram
                        samples.add(bounds: histogram.bounds, counts: histogram.counts, sum: histogram.sum, one.labels)
                    }
                }
            }
            start = end
        }
        out.family("ambit_metrics_refused_total", .counter, "Instruments of libraries beyond the bound.") { $0.add(server.metrics.refused) }
    }

    private static func kind(_ series: MetricsRegistry.Series) -> Exposition.Kind {
        switch series.instrument {
        case .counter: .counter
        case .gauge: .gauge
        case .histogram: .histogram
        }
    }

    private static func total(_ name: String) -> String { name.hasSuffix("_total") ? name : name + "_total" }
}
