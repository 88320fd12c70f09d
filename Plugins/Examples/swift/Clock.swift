import AmbitPlugin

final class Clock: Plugin {
    static let about = About(name: "clock", version: "1.0.0", summary: "Tells the time, again and again.")
    init(host: Host) {}

    var tools: [Tool] {
        Tool(
            "clock_tick", "Reports the time once a second.",
            .integer("times", "How often.", default: 5, in: 1...3600)
        ) { call, times in
            for tick in 1...times {
                try await call.scope.sleep(for: .seconds(1))  // ends with the call
                call.progress(Double(tick), of: Double(times), "tick")
            }
            return .text("done")
        }
    }
}

@c(ambit_plugin_entry) public func entry() -> UnsafePointer<ambit_plugin_descriptor>? { export(Clock.self) }
